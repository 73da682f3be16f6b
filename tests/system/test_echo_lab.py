"""The room itself: what is measured in it is only as true as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from myna.simulator.endpointing import THRESHOLD
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, frames_in, silence
from support.acoustics import (
    ROOMS,
    Coupling,
    active_dbfs,
    captured,
    from_pcm,
    rms_dbfs,
)
from support.room import room
from support.sound_server import SoundServer, running_sound_server
from support.speech import recorded
from support.uplink_record import leftover, sent_on_air, unexplained_turns

REPLY = recorded("reply_story")
WORD = recorded("alexa")
SILENT_ROOM = Coupling(ROOMS["living"], gain_db=None, noise_dbfs=None)


@pytest.mark.parametrize("name", ROOMS)
def test_echo_comes_after_the_delay_at_the_level_of_the_coupling(name: str) -> None:
    heard = captured(REPLY, b"", Coupling(ROOMS[name], gain_db=-3.0))
    first = int(np.argmax(np.abs(from_pcm(heard.echo)) > 1e-4))
    onset = int(np.argmax(np.abs(from_pcm(REPLY)) > 1e-4)) * 2 // 3
    assert abs(first - onset - frames_for(ROOMS[name].delay_s)) < frames_for(0.005)
    played_dbfs = active_dbfs(REPLY, PLAYBACK_RATE_HZ)
    assert active_dbfs(heard.echo) == pytest.approx(played_dbfs - 3.0, abs=1.0)


def test_impulse_is_heard_at_the_sample_that_the_delay_says() -> None:
    click = np.zeros(2400, "<i2")
    click[300] = 30_000
    heard = captured(click.tobytes(), b"", Coupling(ROOMS["living"], noise_dbfs=None))
    loudest = int(np.argmax(np.abs(from_pcm(heard.echo))))
    assert loudest == 200 + frames_for(ROOMS["living"].delay_s)


def test_microphone_is_echo_plus_voice_plus_noise() -> None:
    heard = captured(REPLY, WORD, Coupling(ROOMS["desk"], gain_db=-6.0))
    rest = from_pcm(heard.microphone) - from_pcm(heard.echo) - from_pcm(heard.voice)
    assert rms_dbfs(np.round(rest * 32768).astype("<i2").tobytes()) == pytest.approx(-65, abs=0.5)
    assert heard.voice.startswith(WORD)


def test_loudspeaker_that_clips_bends_only_what_is_loud() -> None:
    loud = np.full(2400, 30_000, "<i2").tobytes()
    soft = np.full(2400, 300, "<i2").tobytes()
    perfect = Coupling(ROOMS["desk"], noise_dbfs=None)
    bent = Coupling(ROOMS["desk"], noise_dbfs=None, clips_dbfs=-6.0)
    losses = [
        rms_dbfs(captured(far, b"", perfect).echo) - rms_dbfs(captured(far, b"", bent).echo)
        for far in (soft, loud)
    ]
    assert losses[0] == pytest.approx(0, abs=0.1)
    assert losses[1] > 4


def test_echo_that_is_sent_as_it_is_counts_as_a_turn_and_as_no_suppression() -> None:
    heard = captured(REPLY, b"", Coupling(ROOMS["living"]))
    frames = frames_in(heard.microphone)
    sent = sent_on_air(heard.microphone, heard.microphone, [(0, frames)])
    found = leftover(heard, sent, 0, frames)
    assert found.erle_db == pytest.approx(0, abs=0.01)
    assert (found.sent_s > 3, found.gated_s) == (True, 0)
    assert unexplained_turns(heard, sent, heard.microphone, THRESHOLD) != []


def test_voice_that_is_sent_is_no_self_answer_wherever_the_uplink_began() -> None:
    said = silence(frames_for(1.0)) + recorded("weather") + silence(frames_for(1.0))
    heard = captured(b"", said, SILENT_ROOM)
    skipped = 4321
    received = heard.microphone[bytes_for(skipped) :]
    sent = sent_on_air(heard.microphone, received, [(7, frames_in(received))])
    assert int(sent.order[0]) == skipped
    assert not sent.was_sent[skipped - 1]
    assert unexplained_turns(heard, sent, received, THRESHOLD) == []


def test_echo_that_was_not_sent_counts_as_shut() -> None:
    heard = captured(REPLY, WORD, Coupling(ROOMS["living"]))
    half = frames_in(heard.microphone) // 2
    received = heard.microphone[: bytes_for(half)]
    sent = sent_on_air(heard.microphone, received, [(0, half)])
    assert leftover(heard, sent, half, 2 * half).sent_s == 0
    assert leftover(heard, sent, half, 2 * half).gated_s > 1


def test_voice_reaches_the_microphone_bit_by_bit(sound_server: SoundServer) -> None:
    with room(sound_server, SILENT_ROOM) as air:
        first = air.say(WORD)
        again = air.say(WORD)
        air.wait_until(again + frames_in(WORD))
        heard = air.captured()
    assert again == first + frames_in(WORD)
    assert heard.part(first, 2 * frames_in(WORD)).microphone == WORD + WORD
    assert heard.microphone == heard.voice


def test_microphone_hears_the_speaker_without_a_gap(tmp_path: Path) -> None:
    """The delay found in the first second of a reply is that of its last one, sample by sample."""
    far = np.random.default_rng(3).integers(-3000, 3000, PLAYBACK_RATE_HZ * 4).astype("<i2")
    with (
        running_sound_server(tmp_path) as server,
        room(server, Coupling(ROOMS["desk"], noise_dbfs=None)) as air,
        server.record() as recording,
    ):
        server.play(silence(frames_for(0.2, PLAYBACK_RATE_HZ)) + far.tobytes())
        played = recording.settled()
        air.wait_until(air.now + frames_for(0.3))
        heard = air.captured()
        assert air.gaps == []
    modelled = captured(played, b"", Coupling(ROOMS["desk"], noise_dbfs=None)).echo
    lags = {
        _lag(modelled, heard.echo, frames_in(modelled) - frames_for(at_s)) for at_s in (3.5, 1.5)
    }
    assert len(lags) == 1


def _lag(model: bytes, heard: bytes, first: int) -> int:
    """Return by how many frames `heard` is behind the second of `model` from `first` on."""
    needle = from_pcm(model[bytes_for(first) : bytes_for(first + frames_for(1.0))])
    hay = from_pcm(heard)
    size = 1 << (len(hay) + len(needle)).bit_length()
    spectrum = np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size))
    return int(np.argmax(np.fft.irfft(spectrum)[: len(hay)])) - first
