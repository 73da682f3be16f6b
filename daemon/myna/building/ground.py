"""What everything stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from myna.config import Config
from myna.health import Health
from myna.redaction import Redaction
from myna.trace import Trace


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything stands on.

    Attributes:
        config: Checked.
        environ: Where keys and folders of this process are looked up.
        trace: Takes what happens.
        redaction: Learns the secrets that are found.
        health: Told what is missing.
        is_safe_mode: Whether nothing of anybody else may be loaded.
    """

    config: Config
    environ: Mapping[str, str]
    trace: Trace
    redaction: Redaction
    health: Health
    is_safe_mode: bool = False
