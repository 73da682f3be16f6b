"""Listening in on the two audio threads, for whoever measures; nobody does at rest.

It stands between the devices and the threads, and sees what was captured as the device
gave it and what was played as the device took it, each with its time on their clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from myna.audio.kept_speaker import Heard
from myna_hardware.interfaces import Microphone

Way: TypeAlias = Literal["captured", "played"]


class Tap:
    """What the audio threads pass, and who listens in."""

    def __init__(self) -> None:
        self._listeners: dict[Way, tuple[Heard, ...]] = {"captured": (), "played": ()}

    @contextmanager
    def open(self, way: Way, listener: Heard) -> Iterator[None]:
        """Call `listener` for every piece that goes `way` while the context lasts.

        It is called on the audio thread, with the PCM (16 kHz captured, 24 kHz played) and
        the time at which its last frame was, or will be, in the air; it must not block.
        """
        self._listeners[way] += (listener,)
        try:
            yield
        finally:
            others = tuple(each for each in self._listeners[way] if each is not listener)
            self._listeners[way] = others

    def over(self, open_microphone: Callable[[int], Microphone]) -> Callable[[int], Microphone]:
        """Return what opens the microphone so that it can be listened in on."""
        return lambda buffer_periods: _Tapped(open_microphone(buffer_periods), self)

    def beside(self, heard: Heard) -> Heard:
        """Return what takes what is played, and passes it on to `heard`."""

        def hear(pcm: bytes, ends_s: float) -> None:
            heard(pcm, ends_s)
            self.pass_on("played", pcm, ends_s)

        return hear

    def is_open(self, way: Way) -> bool:
        """Whether anybody listens in."""
        return bool(self._listeners[way])

    def pass_on(self, way: Way, pcm: bytes, ends_s: float) -> None:
        """Let those who listen in have a piece."""
        for listener in self._listeners[way]:
            listener(pcm, ends_s)


class _Tapped:
    """A microphone that is listened in on; see `Microphone`."""

    def __init__(self, microphone: Microphone, tap: Tap) -> None:
        self._microphone = microphone
        self._tap = tap

    @property
    def name(self) -> str:
        return self._microphone.name

    @property
    def lost_frames(self) -> int:
        return self._microphone.lost_frames

    @property
    def ends_s(self) -> float:
        return self._microphone.ends_s

    def read(self) -> bytes:
        pcm = self._microphone.read()
        if pcm and self._tap.is_open("captured"):
            self._tap.pass_on("captured", pcm, self._microphone.ends_s)
        return pcm

    def close(self) -> None:
        self._microphone.close()
