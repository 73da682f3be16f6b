"""The meter: counts while conversations run, and knows when the day's budget is spent.

Lives in the event loop; the disk is written in a thread, at most once a minute while a
conversation runs, when it ends, and at the stop. What cannot be written is counted all
the same, until the restart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Final

from myna.health import Health
from myna.live.events import TokensUsed
from myna.usage.budget import Budget
from myna.usage.counts import Counts, Ledger, rounded
from myna.usage.store import Record, Store
from myna_hardware.units import PLAYBACK_RATE_HZ, SAMPLE_BYTES, Frames, seconds_for

SAVE_PERIOD_S: Final = 60.0
"""How much counting a power cut may cost, against the wear of an SD card."""


def local_today() -> date:
    """Return the date where the speaker stands."""
    return datetime.now(UTC).astimezone().date()


class Meter:
    """Counts what conversations use.

    Args:
        store: Where the counts are kept.
        budget: How much a day may use.
        health: Told while the counts cannot be kept.
        today: The date; midnight is where it changes.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self,
        store: Store,
        budget: Budget,
        health: Health,
        today: Callable[[], date] = local_today,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._budget = budget
        self._health = health
        self._today = today
        self._clock = clock
        self._ledger = Ledger()
        self._told_on: dict[str, date] = {}
        self._is_running = False
        self._is_changed = False
        self._is_save_wanted = False
        self._saved_at_s = clock()
        self._saving: asyncio.Task[None] | None = None

    def follow(self, budget: Budget) -> None:
        """Let a day use as much as `budget` says, also what was used of it already."""
        self._budget = budget

    async def __aenter__(self) -> Meter:
        """Read what was counted before."""
        try:
            record = await asyncio.to_thread(self._store.load)
        except OSError as error:
            self._degrade(error)
        else:
            self._ledger = Ledger(record.days)
            self._told_on = dict(record.told_on)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Save what is not saved yet."""
        self._is_running = False
        if self._is_changed:
            self._save_soon()
        await self.saved()

    async def saved(self) -> None:
        """Wait until what is being saved is saved."""
        if self._saving is not None:
            await self._saving

    # --- told by the conversation -------------------------------------------------

    def conversation_started(self) -> None:
        """Begin to count a conversation."""
        self._is_running = True
        self._saved_at_s = self._clock()
        self._ledger.start_conversation(self._today())
        self._note_change()

    def conversation_ended(self) -> None:
        """The conversation is over; if there was none, that is no news."""
        if self._is_running:
            self._is_running = False
            self._ledger.end_turn()
            self._save_soon()

    def audio_sent(self, frames: Frames) -> None:
        """Count microphone audio."""
        self._ledger.add_audio_in(self._today(), seconds_for(frames))
        self._note_change()

    def audio_received(self, pcm_bytes: int) -> None:
        """Count reply audio."""
        seconds = seconds_for(pcm_bytes // SAMPLE_BYTES, PLAYBACK_RATE_HZ)
        self._ledger.add_audio_out(self._today(), seconds)
        self._note_change()

    def still_sent(self) -> None:
        """Count a picture."""
        self._ledger.add_still(self._today())
        self._note_change()

    def tokens_used(self, used: TokensUsed) -> None:
        """Count what the server says that the current turn has cost so far."""
        self._ledger.add_tokens(
            self._today(), used.input_by_modality, used.output_by_modality, used.total
        )
        self._note_change()

    def turn_ended(self) -> None:
        """Begin another turn: the next tokens come on top of those counted so far."""
        self._ledger.end_turn()

    # --- asked by the conversation ------------------------------------------------

    def refusal(self) -> str | None:
        """Return why there can be no new conversation today, in one line for a person."""
        today = self._ledger.day(self._today())
        return self._budget.line(today) if self._budget.verdict(today) == "spent" else None

    def take_announcement(self) -> str | None:
        """Return what is to be said about the budget now: each verdict once a day."""
        day = self._today()
        counts = self._ledger.day(day)
        verdict = self._budget.verdict(counts)
        if verdict == "free" or day in (self._told_on.get(verdict), self._told_on.get("spent")):
            return None
        self._told_on[verdict] = day
        self._note_change()
        return self._budget.spoken(counts)

    def summary(self) -> dict[str, Any]:
        """Return the counts for `myna status`."""
        day = self._today()
        today = self._ledger.day(day)
        return {
            "conversation": {"is_running": self._is_running, **_figures(self._ledger.conversation)},
            "today": {"day": day.isoformat(), **_figures(today)},
            "budget": {
                "daily_minutes": self._budget.daily_minutes,
                "daily_tokens": self._budget.daily_tokens,
                "verdict": self._budget.verdict(today),
                "text": self._budget.line(today),
            },
        }

    # --- saving -------------------------------------------------------------------

    def _note_change(self) -> None:
        self._is_changed = True
        if self._clock() - self._saved_at_s >= SAVE_PERIOD_S:
            self._save_soon()

    def _save_soon(self) -> None:
        """Save once whatever is being saved is saved."""
        self._saved_at_s = self._clock()
        self._is_save_wanted = True
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save(), name="usage")

    async def _save(self) -> None:
        while self._is_save_wanted:
            self._is_save_wanted = self._is_changed = False
            try:
                await asyncio.to_thread(self._store.save, self._record())
            except OSError as error:
                self._is_changed = True
                self._degrade(error)
            else:
                self._health.recover("usage")

    def _degrade(self, error: OSError) -> None:
        """Say it once: reading and writing mostly fail for the same reason."""
        why = error.strerror or str(error)
        self._health.degrade(
            "usage",
            f"{self._store.path} cannot be kept ({why}): what is counted is lost at the next "
            "start; see that state.dir names a folder that the speaker may write to",
        )

    def _record(self) -> Record:
        days = {day: rounded(counts) for day, counts in self._ledger.days.items()}
        return Record(days, dict(self._told_on))


def _figures(counts: Counts) -> dict[str, Any]:
    return {
        "conversations": counts.conversations,
        "minutes": round(counts.minutes, 2),
        "minutes_in": round(counts.seconds_in / 60, 2),
        "minutes_out": round(counts.seconds_out / 60, 2),
        "tokens": counts.tokens,
        "tokens_in": counts.tokens_in,
        "tokens_out": counts.tokens_out,
        "stills": counts.stills,
    }
