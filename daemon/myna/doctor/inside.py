"""What only the running daemon can measure: the devices that it holds, with the key it has.

Nothing of what is heard or seen leaves it: figures do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from myna.audio.kept_speaker import Heard
from myna.audio.playback import Playback
from myna.audio.tap import Tap, Way
from myna.audio.volume import gain_for
from myna.control.messages import Measurable
from myna.conversation.states import Idle, Offline, State
from myna.doctor.body import measure_camera
from myna.doctor.key import measure_key
from myna.doctor.listening import measure_loopback, measure_microphone
from myna.errors import CommandError
from myna.line.dialler import Dialler
from myna.tools.stills import Gaze


class Examination:
    """Measures the parts of the running daemon; lives in the event loop.

    Args:
        tap: Listens in on the audio threads.
        playback: Plays the chirp.
        dialler: Has the key.
        gaze: Looks, where there is a camera.
        state: Returns the conversation's; none may go on.
    """

    def __init__(
        self,
        tap: Tap,
        playback: Playback,
        dialler: Dialler,
        gaze: Gaze | None,
        state: Callable[[], State],
    ) -> None:
        self._tap = tap
        self._playback = playback
        self._dialler = dialler
        self._gaze = gaze
        self._state = state
        self._one_at_a_time = asyncio.Lock()

    async def measure(self, what: Measurable) -> dict[str, Any]:
        """Measure one part, once the one before has been; seconds go by meanwhile.

        Raises:
            CommandError: A conversation goes on, or the microphone is muted.
            HardwareError: The camera gives no picture.
        """
        async with self._one_at_a_time:
            return await self._measure(what)

    async def _measure(self, what: Measurable) -> dict[str, Any]:
        match what:
            case "key":
                return _plain(await measure_key(self._dialler))
            case "camera":
                return await self._look()
            case "microphone":
                self._check_rest()
                return _plain(await asyncio.to_thread(measure_microphone, self))
            case "loopback":
                self._check_rest()
                return _plain(await asyncio.to_thread(measure_loopback, self))

    def listening_in(self, way: Way, listener: Heard) -> AbstractContextManager[None]:
        """See `Sound.listening_in`."""
        return self._tap.open(way, listener)

    def play(self, pcm: bytes) -> None:
        """See `Sound.play`."""
        self._playback.sound(pcm, gain_for(self._playback.percent))

    async def _look(self) -> dict[str, Any]:
        if self._gaze is None:
            raise CommandError("there is no camera")
        return _plain(await asyncio.to_thread(measure_camera, self._gaze.capture))

    def _check_rest(self) -> None:
        if not isinstance(self._state(), Idle | Offline):
            raise CommandError("the speaker is muted, or somebody talks to it: ask again at rest")


def _plain(figures: object) -> dict[str, Any]:
    return {"figures": msgspec.to_builtins(figures)}
