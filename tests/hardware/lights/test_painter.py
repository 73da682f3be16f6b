from __future__ import annotations

from datetime import time

import pytest

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.painter import LONGEST_SLEEP_S, VOLUME_S, Painter, local_time
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.settings import LightsSettings
from support.lights import HandClock, Paper

NIGHTLY = LightsSettings(brightness=80, night="22:00-07:00", night_brightness=40)
RGB = Canvas()


def painter(clock: HandClock, settings: LightsSettings | None = None) -> Painter:
    return Painter(settings or LightsSettings(), clock.clocks)


def test_painter_draws_nothing_twice_and_sleeps_through_what_is_steady() -> None:
    clock, paper = HandClock(), Paper(RGB)
    painted = painter(clock)
    painted.show(Pattern.MUTED)
    assert painted.draw(paper) is None
    clock.now_s = 100
    assert painted.draw(paper) is None
    assert len(paper.drawings) == 1


def test_painter_comes_back_when_the_pattern_changes() -> None:
    clock, paper = HandClock(), Paper()
    painted = painter(clock)
    painted.show(Pattern.STARTING)
    assert painted.draw(paper) == pytest.approx(0.5)
    clock.now_s = 0.5
    assert painted.draw(paper) == pytest.approx(0.5)
    assert [colours[0][0] for colours, _ in paper.drawings] == [1, 0]


def test_painter_begins_a_new_pattern_and_runs_on_with_a_repeated_one() -> None:
    clock, paper = HandClock(), Paper()
    painted = painter(clock)
    painted.show(Pattern.STARTING)
    clock.now_s = 0.6
    painted.show(Pattern.STARTING)
    painted.draw(paper)
    assert paper.brightness == 0
    painted.show(Pattern.OFFLINE)
    painted.draw(paper)
    assert paper.brightness == 1


def test_painter_forgets_the_voice_with_the_next_pattern() -> None:
    clock, paper = HandClock(), Paper()
    painted = painter(clock)
    painted.show(Pattern.LISTENING)
    for level, brightness in ((0.0, 0.5), (0.5, 0.75), (1.0, 1.0), (0.0, 0.5)):
        painted.show_level(level)
        painted.draw(paper)
        assert paper.brightness == pytest.approx(brightness)
    painted.show(Pattern.STARTING)
    painted.show_level(0.0)
    painted.show(Pattern.LISTENING)
    painted.draw(paper)
    assert paper.brightness == 1


def test_painter_shows_a_volume_for_a_moment_and_a_further_one_for_another() -> None:
    clock, paper = HandClock(), Paper(RGB)
    painted = painter(clock)
    painted.show(Pattern.MUTED)
    painted.show_volume(50)
    assert painted.draw(paper) == pytest.approx(VOLUME_S)
    clock.now_s = 1.0
    painted.show_volume(55)
    assert painted.draw(paper) == pytest.approx(VOLUME_S)
    clock.now_s = 1.0 + VOLUME_S
    assert painted.draw(paper) is None
    assert [scene.volume for _, scene in paper.drawings] == [50, 55, None]


def test_painter_lights_microphone_and_camera_apart() -> None:
    clock, paper = HandClock(), Paper()
    painted = painter(clock)
    for microphone, camera in ((True, None), (None, True), (False, None), (None, False)):
        painted.light(microphone=microphone, camera=camera)
        painted.draw(paper)
    assert [scene for _, scene in paper.drawings] == [
        Scene(None, True, False),
        Scene(None, True, True),
        Scene(None, False, True),
        Scene(None, False, False),
    ]


def test_brightness_is_what_the_eye_finds() -> None:
    paper = Paper()
    painted = painter(HandClock(), LightsSettings(brightness=50))
    painted.show(Pattern.LISTENING)
    painted.draw(paper)
    assert paper.brightness == pytest.approx(0.5)
    assert max(paper.drawings[-1][0][0]) == pytest.approx(0.218, abs=0.001)


def test_night_dims_when_it_begins_and_ends() -> None:
    clock, paper = HandClock(local=time(21, 59, 30)), Paper(RGB)
    painted = painter(clock, NIGHTLY)
    painted.show(Pattern.MUTED)
    assert painted.draw(paper) == pytest.approx(30)
    seen = [paper.brightness]
    for local in (time(22), time(6, 59, 59), time(7)):
        clock.local = local
        painted.draw(paper)
        seen.append(paper.brightness)
    assert seen == pytest.approx([0.8, 0.4, 0.4, 0.8])


def test_night_is_looked_for_again_before_a_clock_that_is_set_could_be_missed() -> None:
    painted = painter(HandClock(local=time(12)), NIGHTLY)
    painted.show(Pattern.MUTED)
    assert painted.draw(Paper(RGB)) == LONGEST_SLEEP_S


def test_night_is_never_brighter_than_the_day() -> None:
    settings = LightsSettings(brightness=30, night="22:00-07:00", night_brightness=90)
    paper = Paper()
    painted = painter(HandClock(local=time(23)), settings)
    painted.show(Pattern.LISTENING)
    painted.draw(paper)
    assert paper.brightness == pytest.approx(0.3)


def test_painter_draws_anew_on_other_pixels() -> None:
    painted = painter(HandClock())
    painted.show(Pattern.LISTENING)
    painted.draw(Paper())
    other = Paper()
    painted.forget()
    painted.draw(other)
    assert other.brightness == 1


def test_local_time_is_the_one_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    import time as clock

    seen = []
    for zone in ("UTC0", "XXX-5"):
        monkeypatch.setenv("TZ", zone)
        clock.tzset()
        seen.append(local_time().hour)
    monkeypatch.undo()
    clock.tzset()
    assert (seen[1] - seen[0]) % 24 in {5, 6}
