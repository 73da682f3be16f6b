from __future__ import annotations

from myna.recent import Recent


def test_state_counts_from_the_last_change() -> None:
    recent = Recent(10.0)
    assert recent.state_for_s(12.0) == 2.0
    recent.note(15.0, "state", {"from": "idle", "to": "waking"})
    recent.note(16.0, "lights", {"pattern": "listening"})
    assert recent.state_for_s(17.5) == 2.5


def test_session_is_followed_to_its_end() -> None:
    recent = Recent(0.0)
    assert recent.session(3.0) == {"state": "none", "for_s": 3.0, "last_close": None}
    recent.note(4.0, "session_opening", {})
    assert recent.session(4.5) == {"state": "opening", "for_s": 0.5, "last_close": None}
    recent.note(5.0, "session_ready", {})
    assert recent.session(7.0) == {"state": "open", "for_s": 2.0, "last_close": None}
    close = {"code": 1011, "reason": "quota"}
    recent.note(9.0, "session_closed", {**close, "next": "wait"})
    assert recent.session(9.5) == {"state": "none", "for_s": 0.5, "last_close": close}
