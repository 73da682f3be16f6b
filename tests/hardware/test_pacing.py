import threading

from myna_hardware.pacing import Pacing
from support.pcm import SteppedTime


def test_pacing_waits_for_deadlines_from_its_start_without_drift() -> None:
    time = SteppedTime()
    pacing = time.pacing(16_000)
    for period in range(1, 1001):
        time.now_s += 0.007
        assert pacing.wait_until(320 * period)
        assert abs(time.now_s - 1000.0 - 0.02 * period) < 1e-6
    assert pacing.now == 320_000


def test_pacing_does_not_wait_for_what_has_passed() -> None:
    time = SteppedTime()
    pacing = time.pacing(16_000)
    time.now_s += 10
    assert pacing.wait_until(320)
    assert time.now_s == 1010.0


def test_pacing_waits_on_when_the_wait_ended_too_early() -> None:
    time = SteppedTime()

    def wait_briefly(event: threading.Event, seconds: float) -> bool:
        return time.wait(event, min(seconds, 0.003))

    pacing = Pacing(24_000, time.clock, wait_briefly)
    assert pacing.wait_until(480)
    assert pacing.now == 480


def test_pacing_ends_every_wait_when_interrupted() -> None:
    pacing = Pacing(16_000)
    waiting = threading.Thread(target=pacing.wait_until, args=(16_000 * 3600,))
    waiting.start()
    pacing.interrupt()
    waiting.join(timeout=5)
    assert not waiting.is_alive()
    assert not pacing.wait_until(0)
