from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from myna.wake.refractory import REFRACTORY_FRAMES
from myna.wake.stream import Heard, SteppedDetector
from myna_hardware.units import Frames, bytes_for, silence
from support.speech import WordHeard, listen

STEP_FRAMES = Frames(100)
LATENCY_FRAMES = Frames(30)
MARK = b"\x01\x00"


class MarkEngine:
    """Reports a word at the end of every step that holds the mark."""

    engine = "mark"
    words = ("mark",)
    step_frames = STEP_FRAMES
    latency_frames = LATENCY_FRAMES

    def __init__(self) -> None:
        self.steps: list[bytes] = []
        self.resets = 0
        self.closes = 0

    def hear(self, step: bytes) -> Heard | None:
        self.steps.append(step)
        return Heard("mark", 0.75) if MARK in step else None

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closes += 1


def stream(length_frames: int, *marks: int) -> bytes:
    pcm = bytearray(silence(length_frames))
    for frame in marks:
        pcm[bytes_for(frame) : bytes_for(frame + 1)] = MARK
    return bytes(pcm)


def test_detector_tells_how_far_back_the_word_ended() -> None:
    detector = SteppedDetector(MarkEngine())

    detection = detector.detect(stream(250, 120))

    assert detection is not None
    assert (detection.word, detection.score) == ("mark", 0.75)
    assert detection.latency_frames == LATENCY_FRAMES + 50


@given(
    st.lists(st.integers(0, 99_999), max_size=6),
    st.lists(st.integers(1, 2 * bytes_for(100_000)), max_size=30),
)
def test_detector_hears_the_same_however_the_stream_is_cut(
    marks: list[int], cuts: list[int]
) -> None:
    pcm = stream(100_000, *marks)
    # No piece as long as the refractory period, so that none holds two words.
    longest = bytes_for(REFRACTORY_FRAMES) - 1
    edges = sorted({*(cut % len(pcm) for cut in cuts), *range(0, len(pcm), longest), len(pcm)})
    pieces = [pcm[start:end] for start, end in pairwise(edges)]
    stepwise = [pcm[at : at + bytes_for(STEP_FRAMES)] for at in range(0, len(pcm), 200)]

    heard = listen(SteppedDetector(MarkEngine()), pieces)

    assert heard == listen(SteppedDetector(MarkEngine()), stepwise)


def test_detector_gives_the_engine_every_byte_once_in_whole_steps() -> None:
    engine = MarkEngine()
    detector = SteppedDetector(engine)
    pcm = bytes(index % 251 for index in range(bytes_for(1000)))

    for start in range(0, len(pcm), 7):
        detector.detect(pcm[start : start + 7])

    assert b"".join(engine.steps) == pcm
    assert {len(step) for step in engine.steps} == {bytes_for(STEP_FRAMES)}


def test_detector_reports_a_word_once_per_refractory_period() -> None:
    again = 100 + REFRACTORY_FRAMES
    pcm = stream(again + 200, 0, 150, 900, again)
    pieces = [pcm[at : at + 200] for at in range(0, len(pcm), 200)]

    heard = listen(SteppedDetector(MarkEngine()), pieces)

    assert heard == [WordHeard("mark", 70), WordHeard("mark", again + 70)]


def test_detector_forgets_a_half_step_and_its_deafness_when_reset() -> None:
    engine = MarkEngine()
    detector = SteppedDetector(engine)
    detector.detect(stream(150, 0))

    detector.reset()
    detection = detector.detect(stream(100, 0))

    assert detection is not None
    assert detection.latency_frames == LATENCY_FRAMES
    assert engine.resets == 1


def test_detector_names_and_closes_its_engine() -> None:
    engine = MarkEngine()
    detector = SteppedDetector(engine)

    detector.close()

    assert (detector.engine, detector.words, engine.closes) == ("mark", ("mark",), 1)
