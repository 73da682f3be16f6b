"""Speex's echo canceller through libspeexdsp: the wake word's branch.

It keeps the voice of whoever speaks over a reply, and lets some of the reply through
until it has learned the room for some seconds: of 100 wake words over a reply 3.5 dB
louder it lets 97 be heard, where AEC3 lets 42. The library comes from apt on every
machine (libspeexdsp1); these are its functions, as its headers speex_echo.h and
speex_preprocess.h give them.
"""

from __future__ import annotations

from contextlib import suppress
from ctypes import CDLL, byref, c_int, c_void_p, create_string_buffer
from typing import Final

from myna.echo.canceller import STEP_FRAMES
from myna.errors import EchoCancellerError
from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for

TAPS: Final = 4096
"""256 ms: the part of the delay that devices do not tell, and the room."""

_LIBRARY: Final = "libspeexdsp.so.1"
_STEP_BYTES: Final = bytes_for(STEP_FRAMES)
_ECHO_SET_SAMPLING_RATE: Final = 24
_PREPROCESS_SET_ECHO_STATE: Final = 24
_PREPROCESS_SET_ECHO_SUPPRESS: Final = 20
_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE: Final = 22

SUPPRESS_DB: Final = -20
SUPPRESS_ACTIVE_DB: Final = -5
"""How hard the residual echo is pressed, without and with a voice over it. Speex's own -40
and -15 cost words: over a reply 13.5 dB louder 74 of 100 wake words are heard with them,
79 with these, and as many (94) over one 3.5 dB louder (tests/bench/bench_barge_in.py)."""


class Speex:
    """A filter that learns the room, and a suppressor of what the filter leaves.

    Raises:
        EchoCancellerError: The library is missing.
    """

    def __init__(self) -> None:
        self._library = _load()
        self._echo = c_void_p(self._library.speex_echo_state_init(STEP_FRAMES, TAPS))
        self._after = c_void_p(
            self._library.speex_preprocess_state_init(STEP_FRAMES, CAPTURE_RATE_HZ)
        )
        rate = c_int(CAPTURE_RATE_HZ)
        self._library.speex_echo_ctl(self._echo, _ECHO_SET_SAMPLING_RATE, byref(rate))
        self._library.speex_preprocess_ctl(self._after, _PREPROCESS_SET_ECHO_STATE, self._echo)
        for request, db in (
            (_PREPROCESS_SET_ECHO_SUPPRESS, SUPPRESS_DB),
            (_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, SUPPRESS_ACTIVE_DB),
        ):
            self._library.speex_preprocess_ctl(self._after, request, byref(c_int(db)))
        self._out = create_string_buffer(_STEP_BYTES)

    def cancel(self, near: bytes, far: bytes) -> bytes:
        """See `Canceller.cancel`."""
        return b"".join(
            self._step(near[start : start + _STEP_BYTES], far[start : start + _STEP_BYTES])
            for start in range(0, len(near), _STEP_BYTES)
        )

    def _step(self, near: bytes, far: bytes) -> bytes:
        self._library.speex_echo_cancellation(self._echo, near, far, self._out)
        self._library.speex_preprocess_run(self._after, self._out)
        return self._out.raw

    def close(self) -> None:
        """Free the filter; idempotent."""
        echo, self._echo = self._echo, c_void_p()
        after, self._after = self._after, c_void_p()
        if echo.value:
            self._library.speex_preprocess_state_destroy(after)
            self._library.speex_echo_state_destroy(echo)

    def __del__(self) -> None:
        with suppress(AttributeError):  # the library is missing
            self.close()


def _load() -> CDLL:
    try:
        library = CDLL(_LIBRARY)
    except OSError as error:
        raise EchoCancellerError("Speex", "apt install libspeexdsp1") from error
    library.speex_echo_state_init.restype = c_void_p
    library.speex_preprocess_state_init.restype = c_void_p
    return library
