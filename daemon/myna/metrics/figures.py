"""How the speaker is, as gauges. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from myna.conversation.states import name_of
from myna.conversation.table import TABLE
from myna.metrics.exposition import Family, Sample

_QUANTILES: Final = {"0.5": "p50_ms", "0.95": "p95_ms"}


def gauges(
    standing: Mapping[str, Any], state: str, latencies: Mapping[str, Mapping[str, int] | None]
) -> list[Family]:
    """Return the gauges.

    Args:
        standing: See `Standing.figures`.
        state: Of the conversation.
        latencies: See `Latencies.figures`.
    """
    today = standing["usage"]["today"]
    return [
        _gauge("myna_info", "Which version runs.", Sample(1, {"version": standing["version"]})),
        _gauge("myna_uptime_seconds", "Since when.", Sample(standing["uptime_s"])),
        _gauge("myna_state", "1 for what goes on.", *_one_of(state)),
        _gauge("myna_volume_percent", "How loud it is.", Sample(standing["volume"])),
        _gauge("myna_latency_seconds", "How long people wait for it.", *_waits(latencies)),
        _gauge("myna_trouble", "1 for each part that is ill.", *_ill(standing["troubles"])),
        _gauge("myna_today_minutes", "Used since midnight.", Sample(today["minutes"])),
        _gauge("myna_today_tokens", "Used since midnight.", Sample(today["tokens"])),
        _gauge("myna_today_stills", "Sent since midnight.", Sample(today["stills"])),
    ]


def _gauge(name: str, means: str, *samples: Sample) -> Family:
    return Family(name, "gauge", means, samples)


def _one_of(state: str) -> list[Sample]:
    names = [name_of(kind) for kind in TABLE]
    return [Sample(float(name == state), {"state": name}) for name in names]


def _waits(latencies: Mapping[str, Mapping[str, int] | None]) -> list[Sample]:
    return [
        Sample(figures[key] / 1000, {"of": kind, "quantile": quantile})
        for kind, figures in latencies.items()
        if figures is not None
        for quantile, key in _QUANTILES.items()
    ]


def _ill(troubles: Mapping[str, str]) -> list[Sample]:
    return [Sample(1, {"part": part}) for part in troubles]
