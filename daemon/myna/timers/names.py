"""What timers are called, and which one somebody means. PURE."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count

from myna.spoken import spoken_words
from myna.timers.plan import Entry


def unique_name(name: str, taken: Collection[str]) -> str:
    """Return `name`, with a number behind it if one of `taken` sounds the same."""
    sounds = {spoken_words(other) for other in taken}
    numbered = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(each for each in numbered if spoken_words(each) not in sounds)


def meant(said: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return what somebody may mean by `said`: one of that name, or else those that it fits.

    `the pasta timer` fits a timer called pasta, `timer` fits every timer.
    """
    everything = list(entries)
    exact = [entry for entry in everything if spoken_words(entry.name) == spoken_words(said)]
    if exact:
        return exact
    words = _words(said)
    return [entry for entry in everything if words and _fits(words, entry)]


def _fits(words: set[str], entry: Entry) -> bool:
    called = _words(entry.name)
    return words <= called | {entry.kind} or (bool(called) and called <= words)


def _words(text: str) -> set[str]:
    """Return the words; `10 minute` and `10 minutes` are the same."""
    return {word.removesuffix("s") or word for word in spoken_words(text).split()}
