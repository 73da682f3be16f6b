"""The two branches of the microphone while something plays.

One reference, two cancellers: AEC3 for what goes to the server, Speex for what the wake
word is looked for in. They run from the first played period until its echo has died
away, and cost nothing at any other time. The playback thread says what it plays, the
capture thread brings what it heard; a lock keeps them apart for microseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from myna.audio.level import level_dbfs
from myna.echo.canceller import Canceller
from myna.echo.duplex import Duplex, Finding
from myna.echo.likeness import ECHO_LIKE, Likeness
from myna.echo.reference import Reference
from myna.echo.resample import Downsampler
from myna_hardware.units import frames_in


@dataclass(frozen=True, slots=True)
class Branches:
    """One captured period, as it is to be used.

    Attributes:
        uplink: For the server.
        near: For the wake word: whoever speaks is kept.
        played: What was in the air from the speaker meanwhile; empty when nothing was.
        is_echoing: Whether something plays, or its echo may still ring.
        is_steady: Whether the cancellers have had time to learn where the echo lies.
        has_turned: Whether the choice between full and half duplex has just changed.
    """

    uplink: bytes
    near: bytes
    played: bytes = b""
    is_echoing: bool = False
    is_steady: bool = False
    has_turned: bool = False


class Echo:
    """Takes the echo of what is played out of what is heard.

    Args:
        duplex: Judges what is left.
        uplink: The canceller of the uplink's branch; None leaves the branch as it is.
        near: The one of the wake word's branch; likewise.
        improve: Makes a period of the uplink easier to understand, echo or not.
    """

    def __init__(
        self,
        duplex: Duplex,
        uplink: Canceller | None,
        near: Canceller | None,
        improve: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self._duplex = duplex
        self._uplink = uplink
        self._near = near
        self._improve = improve
        self._lock = threading.Lock()
        self._reference = Reference()
        self._likeness = Likeness()
        # Now, for its import would hold up the first reply.
        self._downsampler = _open_downsampler()

    @property
    def finding(self) -> Finding:
        """The choice between full and half duplex; from any thread."""
        return self._duplex.measured()

    @property
    def has_reference(self) -> bool:
        """Whether what is played is known: soxr is installed."""
        return self._downsampler is not None

    def is_leaking(self) -> bool:
        """Whether what the uplink lets through just now is our own echo.

        On the capture thread; it costs a millisecond.
        """
        return self._likeness.measure() >= ECHO_LIKE

    @property
    def is_half_duplex(self) -> bool:
        """Whether the uplink is shut while a reply sounds; from any thread."""
        return self._duplex.is_half

    def played(self, pcm: bytes, ends_s: float) -> None:
        """Note what the speaker was given; on the playback thread.

        Args:
            pcm: 24 kHz mono, as loud as it is heard.
            ends_s: See `Speaker.ends_s`.
        """
        if self._downsampler is None:
            return
        with self._lock:
            ready, ready_ends_s = self._downsampler.feed(pcm, ends_s, self._reference.drift_ppm)
            if ready:
                # What is resampled of silence is dithered.
                self._reference.played(ready, ready_ends_s, is_sound=any(pcm))

    def captured(self, pcm: bytes, ends_s: float) -> Branches:
        """Make the branches of one period; on the capture thread.

        Args:
            pcm: 16 kHz mono, a multiple of 10 ms.
            ends_s: See `Microphone.ends_s`.
        """
        with self._lock:
            played = self._reference.take(frames_in(pcm), ends_s)
            is_steady = self._reference.is_steady
        if played is None:
            return Branches(self._improve(pcm), pcm)
        if self._uplink is None and self._near is None:
            return Branches(self._improve(pcm), pcm, played, is_echoing=True, is_steady=is_steady)
        near = pcm if self._near is None else self._near.cancel(pcm, played)
        uplink = near if self._uplink is None else self._uplink.cancel(pcm, played)
        near = uplink if self._near is None else near
        self._likeness.add(uplink, played)
        has_turned = self._duplex.measure(
            level_dbfs(pcm), level_dbfs(uplink), level_dbfs(played), self._likeness.measure
        )
        uplink = self._improve(uplink)
        return Branches(
            uplink, near, played, is_echoing=True, is_steady=is_steady, has_turned=has_turned
        )


def _open_downsampler() -> Downsampler | None:
    """Without soxr nothing is known of what is played, and nothing can be cancelled."""
    try:
        return Downsampler()
    except ImportError:
        return None
