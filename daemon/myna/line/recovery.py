"""When to open the next session of a conversation, and with what of the old one.

PURE. Theory of operation: every loss is judged by `closes.py`; this class keeps count.
A session is resumed with its handle while the server lets us (`backoff.RESUME_S`), then
replaced by a fresh one that is told what was said. Counts are forgotten only after a
stable stretch, or a server that accepts and closes would be called in a storm. A
conversation waits for its session for `HEAL_S` in all; what the account forbids is not
asked again before its time, not even by the next conversation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, TypeAlias

from myna.line import backoff
from myna.live.closes import MUTE, STALLED, UNREACHED, Phase, Verdict

UNANSWERED: Final = (MUTE, STALLED)
"""Counted until a reply comes: such a session lives long, and does not work."""

STABLE_S: Final = 3.0
"""A session that lived so long worked ("for some seconds": pipecat's rule)."""

HEAL_S: Final = 30.0
"""How long a conversation may be without its session, in all since the last stable one."""

OPENING_S: Final = 4.0
"""How long somebody who has just called waits for the first session to open."""


KNOWN_S: Final = 1.0
"""The same where the server was not reached the last time, and not found since."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Open a session.

    Attributes:
        after_s: How long to wait before.
        limit_s: How long it may take; None for as long as any.
        handle: The session to resume; empty for a fresh one.
        forgets: Whether what was said is to be forgotten, because it broke the session.
        is_plain: Whether it does without optional features.
    """

    after_s: float = 0.0
    limit_s: float | None = None
    handle: str = ""
    forgets: bool = False
    is_plain: bool = False

    @property
    def phase(self) -> Phase:
        """What the connection is in until the server is ready."""
        return Phase.RESUMING if self.handle else Phase.OPENING


@dataclass(frozen=True, slots=True)
class Stop:
    """Open none.

    Attributes:
        verdict: Why.
        wait_s: How long none will be opened, whoever asks.
    """

    verdict: Verdict
    wait_s: float = 0.0

    @property
    def told(self) -> str:
        """One line for a person."""
        again = f" It is tried again in {self.wait_s:.0f} s at the earliest." if self.wait_s else ""
        return f"{self.verdict.spoken}{again}"


Plan: TypeAlias = Dial | Stop


class Recovery:
    """Keeps count, for one conversation after another."""

    def __init__(self) -> None:
        self._is_plain = False
        self._cooling: tuple[float, Verdict] | None = None
        self._quotas = 0
        self._is_away = False
        self._forget()

    def _forget(self) -> None:
        self._handle = ""
        self._was_ever_ready = False
        self._ready_s: float | None = None
        self._lost_s = 0.0
        self._down_s = 0.0
        self._counts: Counter[Verdict] = Counter()
        self._refusals = 0
        self._was_away = self._is_away

    def begin(self, now_s: float) -> Plan:
        """Start a conversation."""
        self._note_loss(now_s)
        self._forget()
        self._lost_s = now_s
        if self._cooling is not None and now_s < self._cooling[0]:
            return Stop(self._cooling[1], self._cooling[0] - now_s)
        return Dial(limit_s=self._limit_s, is_plain=self._is_plain)

    def note_away(self) -> None:
        """There is no way to the server now; before `begin`."""
        self._is_away = True

    def note_found(self) -> None:
        """The server answers, though nobody talks to it."""
        self._is_away = self._was_away = False

    @property
    def _limit_s(self) -> float | None:
        return KNOWN_S if self._was_away else None

    def note_handle(self, handle: str) -> None:
        """The server gave out a handle; a newer one replaces it."""
        self._handle = handle

    def note_reply(self) -> None:
        """The server answers: what was held against it is forgotten."""
        for verdict in UNANSWERED:
            del self._counts[verdict]

    def note_ready(self, now_s: float) -> float:
        """A session is open; return for how long there was none."""
        self._was_ever_ready = True
        self.note_found()
        self._ready_s = now_s
        gap_s = now_s - self._lost_s
        self._down_s += gap_s
        return gap_s

    def after(
        self, verdict: Verdict, now_s: float, chance: float, *, can_renew: bool = False
    ) -> Plan:
        """Say what to do now that the session ended, or did not open.

        Args:
            verdict: The physician's.
            now_s: The time, on any clock that only goes forward.
            chance: From 0 to 1, drawn anew each time.
            can_renew: Whether there is a way to another credential.
        """
        if self._ready_s is None and self._handle and verdict.kind == "server":
            self._refusals += 1
        self._note_loss(now_s)
        if verdict.next == "wait":
            return self._cool(verdict, now_s, chance)
        self._counts[verdict] += 1
        is_final = verdict.next in {"end", "give-up"} or (verdict.next == "renew" and not can_renew)
        if is_final or self._is_hopeless(verdict, now_s):
            self._is_away = verdict.kind in UNREACHED
            return Stop(verdict)
        return self._dial(verdict, chance)

    def _note_loss(self, now_s: float) -> None:
        if self._ready_s is None:
            return
        if now_s - self._ready_s >= STABLE_S:
            self._counts = Counter({each: self._counts[each] for each in UNANSWERED})
            self._refusals = 0
            self._down_s = 0.0
            self._quotas = 0
        self._ready_s = None
        self._lost_s = now_s

    def _cool(self, verdict: Verdict, now_s: float, chance: float) -> Stop:
        wait_s = backoff.delay(backoff.QUOTA_S, self._quotas, chance)
        self._quotas += 1
        self._cooling = (now_s + wait_s, verdict)
        return Stop(verdict, wait_s)

    def _is_hopeless(self, verdict: Verdict, now_s: float) -> bool:
        limit_s = HEAL_S if self._was_ever_ready else self._limit_s or OPENING_S
        is_late = self._down_s + now_s - self._lost_s >= limit_s
        is_repeated = self._counts[verdict] > verdict.limit
        return is_late or is_repeated or (verdict.next == "plain" and self._is_plain)

    def _dial(self, verdict: Verdict, chance: float) -> Dial:
        attempt = max(self._counts[verdict] - 1, self._refusals)
        if verdict.next in {"seeded", "fresh", "plain"} or attempt >= verdict.resumes:
            self._drop_handle(verdict)
        self._is_plain = self._is_plain or verdict.next == "plain"
        return Dial(
            after_s=self._delay(verdict, chance),
            limit_s=self._limit_s,
            handle=self._handle,
            forgets=verdict.next == "fresh",
            is_plain=self._is_plain,
        )

    def _drop_handle(self, verdict: Verdict) -> None:
        """The session is not given back; a fresh one has tries of its own."""
        self._handle = ""
        if self._refusals:
            self._counts[verdict] = 1
            self._refusals = 0

    def _delay(self, verdict: Verdict, chance: float) -> float:
        attempt = self._counts[verdict] - 1
        if verdict.kind in UNREACHED:
            return backoff.delay(backoff.NETWORK_S, attempt, chance)
        if self._handle:
            return backoff.delay(backoff.RESUME_S, max(attempt, self._refusals), chance)
        return backoff.delay(backoff.SERVER_S, attempt, chance)
