from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from myna.mqtt.outbox import Outbox


def drained(outbox: Outbox) -> Iterator[tuple[str, str]]:
    while (due := outbox.take()) is not None:
        yield due


def test_outbox_gives_the_newest_of_each_topic_once() -> None:
    outbox = Outbox()
    outbox.put("a", "1")
    outbox.put("b", "1")
    outbox.put("a", "2")
    assert list(drained(outbox)) == [("a", "2"), ("b", "1")]
    assert outbox.take() is None


def test_outbox_repeats_one_or_all_of_what_it_had() -> None:
    outbox = Outbox()
    outbox.put("a", "1")
    outbox.put("b", "1")
    list(drained(outbox))
    outbox.repeat("b")
    outbox.repeat("never put")
    assert list(drained(outbox)) == [("b", "1")]
    outbox.repeat_all()
    assert list(drained(outbox)) == [("a", "1"), ("b", "1")]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=2), st.booleans())))
def test_outbox_ends_with_the_last_value_of_each_topic_told(
    puts: list[tuple[str, str, bool]],
) -> None:
    outbox = Outbox()
    told: dict[str, str] = {}
    for topic, value, is_taken in puts:
        outbox.put(topic, value)
        if is_taken and (due := outbox.take()) is not None:
            told[due[0]] = due[1]
    told |= dict(drained(outbox))
    assert told == {topic: value for topic, value, _ in puts}
