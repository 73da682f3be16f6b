"""Runs a pure reader of a contact on a pin and a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Generic, Protocol, TypeVar

from myna_hardware.gpio import InputPin
from myna_hardware.timers import Alarm, Clock

ReportT = TypeVar("ReportT")
ReportT_co = TypeVar("ReportT_co", covariant=True)


class Reader(Protocol[ReportT_co]):
    """What becomes of edges and looks; see `ContactReader`."""

    @property
    def deadline_s(self) -> float | None:
        """When `on_look` is due."""
        ...

    @property
    def wants_edges(self) -> bool:
        """Whether edges tell anything."""
        ...

    def on_edge(self, now_s: float, *, is_closed: bool) -> Sequence[ReportT_co]:
        """Take an edge that left the contact so."""
        ...

    def on_look(self, now_s: float, *, is_closed: bool) -> Sequence[ReportT_co]:
        """Take a look at the contact."""
        ...


class ReaderMaker(Protocol[ReportT_co]):
    """Makes the reader when the pin is open."""

    def __call__(self, now_s: float, *, is_closed: bool, hears_edges: bool) -> Reader[ReportT_co]:
        """Return a reader that begins now, with this level."""
        ...


class ContactWatch(Generic[ReportT]):
    """Feeds a reader and hands on what it reports, in order, one call at a time.

    Args:
        contact: The pin; closed with the watch.
        make_reader: Called once.
        clock: Times the edges and the looks.
        deliver: Takes what was reported; called after every edge and look, on a thread
            of the pin factory or of the clock.
    """

    def __init__(
        self,
        contact: InputPin,
        make_reader: ReaderMaker[ReportT],
        clock: Clock,
        deliver: Callable[[Sequence[ReportT]], None],
    ) -> None:
        self._contact = contact
        self._clock = clock
        self._deliver = deliver
        self._reading = RLock()
        self._alarm: Alarm | None = None
        self._is_closed = False
        with self._reading:
            self._is_listening = True
            hears_edges = contact.listen(self._on_edge)
            self._reader = make_reader(
                clock.now_s(), is_closed=contact.is_closed, hears_edges=hears_edges
            )
            self._set_alarm()

    def look(self) -> None:
        """Look at the contact now; nothing once the watch is closed."""
        with self._reading:
            if self._is_closed:
                return
            is_closed = self._contact.is_closed
            self._take(self._reader.on_look(self._clock.now_s(), is_closed=is_closed))

    def close(self) -> None:
        """Report nothing more and release the pin."""
        with self._reading:
            self._is_closed = True
            if self._alarm is not None:
                self._alarm.cancel()
        self._contact.close()

    def _on_edge(self, age_s: float, *, is_closed: bool) -> None:
        with self._reading:
            if not self._is_closed:
                now_s = self._clock.now_s() - age_s
                self._take(self._reader.on_edge(now_s, is_closed=is_closed))

    def _on_time(self) -> None:
        self.look()
        self._listen_if_wanted()

    def _take(self, reports: Sequence[ReportT]) -> None:
        self._set_alarm()
        self._deliver(reports)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        due_s = self._reader.deadline_s
        self._alarm = None if due_s is None else self._clock.call_at(due_s, self._on_time)

    def _listen_if_wanted(self) -> None:
        """Switch edges off or on; here, as a pin factory's own thread may not."""
        wants_edges = self._reader.wants_edges
        if wants_edges != self._is_listening and not self._is_closed:
            self._is_listening = wants_edges
            self._contact.listen(self._on_edge if wants_edges else None)
