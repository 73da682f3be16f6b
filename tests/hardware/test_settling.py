from __future__ import annotations

from myna_hardware.contact.settling import Settler


def test_level_settles_when_it_has_held() -> None:
    settler = Settler(is_closed=False)
    settler.see(is_closed=True, due_s=1.0)
    assert (settler.settle(0.9), settler.is_closed, settler.level) == (None, False, True)
    assert settler.deadline_s == 1.0
    assert (settler.settle(5.0), settler.is_closed) == (1.0, True)
    assert settler.deadline_s is None


def test_level_that_does_not_hold_changes_nothing() -> None:
    settler = Settler(is_closed=False)
    settler.see(is_closed=True, due_s=1.0)
    settler.see(is_closed=False, due_s=1.5)
    assert settler.deadline_s == 1.5
    assert (settler.settle(2.0), settler.is_closed) == (None, False)
    assert settler.deadline_s is None


def test_level_that_has_settled_is_told_once() -> None:
    settler = Settler(is_closed=True)
    assert settler.settle(9.0) is None
    settler.see(is_closed=False, due_s=10.0)
    assert [settler.settle(10.0), settler.settle(11.0)] == [10.0, None]
