"""Both cancellers on recorded speech in simulated rooms."""

from __future__ import annotations

import builtins
from collections.abc import Callable

import pytest

from myna.echo import speex
from myna.echo.aec3 import WebRtc
from myna.echo.canceller import Canceller
from myna.echo.speex import Speex
from myna.errors import EchoCancellerError
from myna.simulator.sounds import at_capture_rate
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, silence
from support.acoustics import ROOMS, Captured, Coupling, captured, rms_dbfs
from support.speech import recorded

REPLY = recorded("reply_story")
TALK = bytes_for(frames_for(8.0))
PERIOD = 640


def aec3() -> WebRtc:
    return WebRtc(echo=True)


def cancel(canceller: Canceller, heard: Captured, far: bytes) -> bytes:
    """Return what is left, period by period."""
    return b"".join(
        canceller.cancel(heard.microphone[at : at + PERIOD], far[at : at + PERIOD])
        for at in range(0, min(len(heard.microphone), len(far)) // PERIOD * PERIOD, PERIOD)
    )


@pytest.mark.parametrize(("open_canceller", "least_db"), [(aec3, 30), (Speex, 15)])
@pytest.mark.parametrize("room", ROOMS)
def test_canceller_lowers_a_reply_after_three_seconds(
    room: str, open_canceller: Callable[[], Canceller], least_db: float
) -> None:
    heard = captured(REPLY, b"", Coupling(ROOMS[room], gain_db=0.0))
    left = cancel(open_canceller(), heard, at_capture_rate(REPLY, PLAYBACK_RATE_HZ))
    late = bytes_for(frames_for(3.0))
    assert rms_dbfs(heard.microphone[late : len(left)]) - rms_dbfs(left[late:]) > least_db


def test_speex_keeps_a_voice_over_the_reply_of_which_aec3_takes_much() -> None:
    voice = silence(frames_for(5.0)) + recorded("alexa")
    heard = captured(REPLY, voice, Coupling(ROOMS["living"], gain_db=6.0))
    far = at_capture_rate(REPLY, PLAYBACK_RATE_HZ)
    spoken = slice(bytes_for(frames_for(5.0)), len(voice))
    voice_dbfs = rms_dbfs(voice[spoken])
    assert rms_dbfs(cancel(Speex(), heard, far)[spoken]) > voice_dbfs - 3
    assert rms_dbfs(cancel(aec3(), heard, far)[spoken]) < voice_dbfs - 6


@pytest.mark.parametrize("open_canceller", [aec3, Speex])
def test_canceller_leaves_a_voice_alone_where_nothing_plays(
    open_canceller: Callable[[], Canceller],
) -> None:
    voice = recorded("small_talk")[:TALK]
    heard = captured(b"", voice, Coupling(ROOMS["desk"]))
    left = cancel(open_canceller(), heard, bytes(len(heard.microphone)))
    assert abs(rms_dbfs(left) - rms_dbfs(voice)) < 3


def test_noise_suppression_and_gain_work_where_nothing_plays() -> None:
    hiss = captured(b"", silence(frames_for(5.0)), Coupling(ROOMS["desk"], noise_dbfs=-45.0))
    quiet = WebRtc(echo=False, noise="high").improve(hiss.microphone)
    assert rms_dbfs(quiet[TALK // 4 :]) < -55
    murmur = captured(b"", bytes(TALK), Coupling(ROOMS["desk"])).microphone
    whisper = bytes(len(murmur))
    assert len(WebRtc(echo=False, gain=True).improve(whisper)) == len(whisper)


def test_speex_is_closed_once() -> None:
    canceller = Speex()
    canceller.close()
    canceller.close()


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *args: object, **kwargs: object) -> object:
        if name == "pywebrtc_audio":
            raise ImportError(name)
        return imported(name, *args, **kwargs)  # type: ignore[arg-type]  # whatever it was

    imported = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(speex, "_LIBRARY", "libnone.so.1")
    with pytest.raises(EchoCancellerError, match="AEC3 is not installed: pip install"):
        WebRtc(echo=True)
    with pytest.raises(EchoCancellerError, match="apt install libspeexdsp1"):
        Speex()
