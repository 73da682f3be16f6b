"""The mix of the two lanes: a reply that ducks under the earcons. PURE.

All in integers of the standard library: 1 to 5 ms of the processor for a second of sound
(tests/bench/bench_playback.py). NumPy would take 1 ms, and 17 MB that the daemon may not
have loaded.
"""

from __future__ import annotations

from array import array
from itertools import zip_longest
from typing import Final

from myna.audio.volume import Glide, gain_of_db
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, PLAYBACK_RATE_HZ, frames_for

DUCK_DB: Final = -12.0
"""How much the reply is lowered while an earcon sounds."""

RECOVER: Final = frames_for(0.15, PLAYBACK_RATE_HZ)
"""How long the reply takes to come back up; fast enough not to be missed."""

KNEE: Final = 24_576
"""From here on, -2.5 dB of full scale, a mix is rounded off; alone, a lane passes."""

_FULL: Final = 32_767
_ROOM: Final = _FULL - KNEE
_DUCK: Final = gain_of_db(DUCK_DB)


class Mixer:
    """Mixes two lanes, piece by piece.

    Args:
        gain: That of the reply at first, as a fraction of `UNITY`.
    """

    def __init__(self, gain: int) -> None:
        self._glide = Glide(gain)
        self._is_ducked = False
        self._was_sounding = False

    def mix(self, reply: bytes, earcon: bytes, gain: int) -> bytes:
        """Return the next piece: as long as the longer lane.

        Args:
            reply: The reply's next PCM; empty while there is none.
            earcon: The earcon's, which has its own gain already.
            gain: How loud the reply is to be, as a fraction of `UNITY`.
        """
        was_ducked, self._is_ducked = self._is_ducked, bool(earcon)
        aim = gain * _DUCK >> 15 if earcon else gain
        if aim != self._glide.aim:
            over = RECOVER if was_ducked and not earcon else PLAYBACK_PERIOD_FRAMES
            self._glide.move_to(aim, over if self._was_sounding else 0)
        self._was_sounding = bool(reply)
        reply = self._glide.scale(reply)
        return added(reply, earcon) if reply and earcon else reply or earcon


def added(one: bytes, other: bytes) -> bytes:
    """Return the sum of two sounds, rounded off where it comes near full scale."""
    pairs = zip_longest(array("h", one), array("h", other), fillvalue=0)
    sums = [a + b for a, b in pairs]
    if max(sums, default=0) > KNEE or min(sums, default=0) < -KNEE:
        sums = [_rounded(sample) for sample in sums]
    return array("h", sums).tobytes()


def _rounded(sample: int) -> int:
    """Bend what is over the knee so that it nears full scale and never passes it."""
    over = abs(sample) - KNEE
    if over <= 0:
        return sample
    bent = KNEE + over * _ROOM // (over + _ROOM)
    return bent if sample > 0 else -bent
