"""Where speech is found to start and end, in noise; what looking for it costs.

Run: python tests/bench/bench_speech.py

Recorded sentences between 3 s and 2 s of noise, in a room that has been heard before.
"start" and "end" are how late speech was found to start and to end, worst of all
sentences, the 0.6 s of quiet that end it included; "splits" counts sentences that were
taken for several; "false" counts starts where there was only noise. Every row once with
earshot and once by loudness alone.
"""

# ruff: noqa: T201 - a bench talks to its user

from __future__ import annotations

import time
from typing import Final

from myna.audio.speech import SpeechFinding
from myna.audio.voice import voice_opener
from myna.conversation.endpointing import Endpoint
from myna_hardware.units import frames_for, seconds_for, silence
from support.noise import NOISES, active_dbfs, in_noise
from support.speech import periods, recorded, speech_end_frame

SENTENCES: Final = (
    *("alexa", "computer", "weather", "turn_on_the_lamp", "small_talk", "small_talk_espeak"),
    *("wake_lamp", "tell_story", "barge_in", "look"),
)
LEAD_S, TAIL_S = 4.0, 2.0
ROOM_S = 3.0
SNRS_DB: Final = (20, 10, 5)


def edges(finding: SpeechFinding, room: bytes, pcm: bytes) -> list[tuple[Endpoint, float]]:
    """Return what was found in `pcm`, with seconds from its beginning."""
    finder = finding.begin(room)
    found = ((finder.feed(period), 0.02 * (n + 1)) for n, period in enumerate(periods(pcm)))
    return [(endpoint, at_s) for endpoint, at_s in found if endpoint is not None]


def stage(name: str, kind: str | None, snr_db: float) -> tuple[bytes, bytes, float, float]:
    """Return the room, the sound, and where speech starts and ends in that, in seconds."""
    speech = recorded(name)
    whole = silence(frames_for(LEAD_S)) + speech + silence(frames_for(TAIL_S))
    if kind is not None:
        whole = in_noise(whole, kind, active_dbfs(speech) - snr_db)
    cut = 2 * frames_for(ROOM_S)
    start_s = LEAD_S - ROOM_S + 0.02
    end_s = LEAD_S - ROOM_S + seconds_for(speech_end_frame(speech))
    return whole[:cut], whole[cut:], start_s, end_s


def row(finding: SpeechFinding, kind: str | None, snr_db: float) -> str:
    """Measure all sentences in one noise."""
    starts, ends, splits, false, missed = [], [], 0, 0, 0
    for name in SENTENCES:
        room, pcm, start_s, end_s = stage(name, kind, snr_db)
        found = edges(finding, room, pcm)
        begun = [at_s for endpoint, at_s in found if endpoint is Endpoint.STARTED]
        over = [at_s for endpoint, at_s in found if endpoint is Endpoint.ENDED]
        false += sum(at_s < start_s or at_s > end_s + 0.3 for at_s in begun)
        real = [at_s for at_s in begun if start_s <= at_s <= end_s]
        splits += len(real) > 1
        missed += not real
        starts += [at_s - start_s for at_s in real[:1]]
        ends += [over[-1] - end_s if over and len(over) == len(begun) else 99.0]
    return (
        f"start {1000 * max(starts, default=9.9):5.0f} ms  end {1000 * min(ends):5.0f} to "
        f"{1000 * max(ends):5.0f} ms  missed {missed}  splits {splits}  false {false}"
    )


def main() -> None:
    """Print the table, and the cost."""
    hearing = SpeechFinding(voice_opener())
    for label, finding in (("voice", hearing), ("loudness", SpeechFinding())):
        print(f"{label:9}{'no noise':12}", row(finding, None, 99))
        for kind in NOISES:
            for snr_db in SNRS_DB:
                print(f"{label:9}{kind:6}{snr_db:3} dB ", row(finding, kind, snr_db))
    pcm = silence(0) + recorded("weather") * 10
    begun_s = time.process_time()
    edges(hearing, b"", pcm)
    cost_ms = 1000 * (time.process_time() - begun_s)
    print(f"cost: {cost_ms / seconds_for(len(pcm) // 2):.1f} ms per second of sound")


if __name__ == "__main__":
    main()
