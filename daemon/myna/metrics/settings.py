"""`[metrics]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from myna_hardware.settings import Section

Port = Annotated[int, Meta(ge=1, le=65_535)]


class MetricsSettings(Section, frozen=True):
    """Where Prometheus finds the figures; nowhere without either."""

    socket: Path | None = None
    port: Port | None = None
