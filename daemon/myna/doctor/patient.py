"""Whom the doctor examines: this machine, its configuration, and the daemon if one runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from myna.config import Config, LiveSettings
from myna.config.places import SYSTEM_STATE, state_dir
from myna.control.client import ask
from myna.control.finding import running_socket
from myna.control.messages import Measurable, Measure, Status
from myna.doctor.key_places import with_key_of_service
from myna.doctor.network import Way, examine_network
from myna.doctor.service import main_pid, unit_properties
from myna.errors import CommandError, NotRunningError

PATIENCE_S: Final = 60.0
"""How long the daemon may measure: a camera that hangs takes half of it."""


@dataclass(frozen=True)
class Patient:
    """One speaker.

    Attributes:
        config: Its configuration.
        environ: Where keys and folders of this process are looked up.
    """

    config: Config
    environ: Mapping[str, str]

    @cached_property
    def socket(self) -> Path:
        """Where a daemon would answer."""
        return running_socket(self.config, self.environ)

    @cached_property
    def _answer(self) -> dict[str, Any] | CommandError | None:
        try:
            return ask(self.socket, Status())
        except NotRunningError:
            return None
        except CommandError as refusal:
            return refusal

    @property
    def status(self) -> dict[str, Any] | None:
        """How the running daemon is; None where none runs, or it does not talk to us."""
        return None if isinstance(self._answer, CommandError) else self._answer

    @property
    def refusal(self) -> str | None:
        """Why a daemon that runs does not talk to us; None if it does, or none runs."""
        return str(self._answer) if isinstance(self._answer, CommandError) else None

    @property
    def is_running(self) -> bool:
        """Whether a daemon runs, and has the devices.

        Raises:
            CommandError: One does, and does not talk to us.
        """
        if isinstance(self._answer, CommandError):
            raise self._answer
        return self._answer is not None

    @property
    def troubles(self) -> Mapping[str, str]:
        """What the running daemon says is wrong, by part."""
        return {} if self.status is None else dict(self.status["troubles"])

    @cached_property
    def unit(self) -> dict[str, str]:
        """What systemd knows of the service."""
        return unit_properties()

    @property
    def is_service(self) -> bool:
        """Whether it is installed as a service."""
        return self.unit.get("LoadState") == "loaded"

    @property
    def pid(self) -> int | None:
        """The process of the service, if it runs."""
        return main_pid(self.unit)

    @property
    def state_folder(self) -> Path:
        """Where the state of the speaker is: the service's, where there is one."""
        if self.is_service and not self.config.state.dir:
            return SYSTEM_STATE
        return state_dir(self.config, self.environ)

    @property
    def live(self) -> LiveSettings:
        """`[live]`, with the key where the service has it from."""
        return with_key_of_service(self.config.live)

    @cached_property
    def way(self) -> Way:
        """The way to the server, gone once."""
        return asyncio.run(examine_network(self.config.live.endpoint))

    def measure(self, what: Measurable) -> dict[str, Any]:
        """Have the running daemon measure a part.

        Raises:
            CommandError: It cannot now; the text says why.
        """
        return ask(self.socket, Measure(what), PATIENCE_S)
