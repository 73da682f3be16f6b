"""`myna run`: the speaker from its first breath to its last, and what systemd is told of it.

    deaths counted -> pause -> parts started -> READY -> watchdog, status, reloads -> STOPPING

Ends when it is told to, when a microphone that is a file is over, when a fresh start would
cure something, and by a bug. However it ends, it is gone within two seconds.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from myna.app import App, running
from myna.config.file import Loaded
from myna.errors import CommandError, ConfigError
from myna.logs import log_uncaught, start_logging
from myna.notify import Notifier
from myna.redaction import Redaction
from myna.service import safe_mode
from myna.service.deaths import DEATHS_TO_SAFE_MODE, YOUNG_S, deaths_of, pause_s
from myna.service.departure import Departure
from myna.service.growth import limit_bytes, resident_bytes, until_outgrown
from myna.service.os_signals import answering
from myna.service.reloading import Reloading
from myna.service.renewal import look_around, until_renewed
from myna.service.status_line import status_line
from myna.service.watchdog import Watchdog
from myna.supervision import supervised
from myna.trace import EventName, Trace

EX_RENEWAL: Final = 75
"""A fresh start cures something (the unit's RestartForceExitStatus=); sysexits.h: EX_TEMPFAIL."""

START_S: Final = 60.0
"""How long a start may take; the unit's TimeoutStartSec=."""

log = logging.getLogger("myna")


@dataclass(frozen=True, slots=True)
class Errand:
    """What `myna run` was asked.

    Attributes:
        loaded: The configuration.
        mistaken: Why it is not the one that was asked for.
        read: Reads it anew.
        environ: Where keys and folders of this process are looked up.
        trace: Where to write what happens, if at all.
        with_audio: Whether every chunk of audio is worth a line.
    """

    loaded: Loaded
    mistaken: ConfigError | None
    read: Callable[[], Loaded]
    environ: Mapping[str, str]
    trace: Path | None
    with_audio: bool


def serve(errand: Errand) -> int:
    """Run the speaker; return the exit code.

    Raises:
        CommandError: It ended by a bug of its own, or another one runs already.
    """
    return asyncio.run(Service(errand).run())


class Service:
    """One life of the speaker."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._redaction = Redaction()
        start_logging(errand.loaded.config.log.level, self._redaction, errand.environ)
        log_uncaught(log)
        self._notifier = Notifier(os.environ)
        self._departure = Departure()
        self._trace = Trace(errand.trace, with_audio=errand.with_audio, redact=self._redaction)
        self._deaths = deaths_of(errand.environ)
        self._deaths.note_birth()
        self._reloading: Reloading | None = None

    async def run(self) -> int:
        """Live; return the exit code."""
        loop = asyncio.get_running_loop()
        life = asyncio.create_task(self._live(), name="life")

        def stop() -> None:
            if self._departure.begin(0):
                self._notifier.stopping()
                self._deaths.forget()
                loop.call_soon_threadsafe(life.cancel)

        def reload() -> None:
            loop.call_soon_threadsafe(self._reload)

        answers = {signal.SIGTERM: stop, signal.SIGINT: stop}
        if self._notifier.is_heard:  # else a terminal was closed
            answers[signal.SIGHUP] = reload
        with answering(answers):
            await asyncio.wait([life])
        self._departure.settle()
        gc.unfreeze()  # extensions tell of all that is never let go of
        self._trace.close()
        self._notifier.close()
        return 0 if life.cancelled() else life.result()

    async def _live(self) -> int:
        await self._pause()
        config, is_safe_mode = self._errand.loaded.config, self._deaths.is_loop
        if is_safe_mode:
            config = safe_mode.calmed(config)
        start = running(
            config,
            self._errand.environ,
            self._trace,
            self._redaction,
            self._departure,
            is_safe_mode=is_safe_mode,
        )
        async with start as app, self._beside(app):
            if is_safe_mode:
                self._enter_safe_mode(app)
            log.info("ready (configuration: %s)", self._errand.loaded.source)
            self._show_status(app)
            self._notifier.ready()
            # What there is by now stays: nothing of it is ever looked through again.
            gc.freeze()
            gc.enable()
            code = await self._until_over(app)
            self._departure.begin(code)
            self._notifier.stopping()
        if app.failure.done():
            raise CommandError("the daemon ended by a bug of its own; its log has it") from None
        return code

    # --- the beginning ------------------------------------------------------------

    async def _pause(self) -> None:
        """Wait, if it has died young too often."""
        wait_s = pause_s(self._deaths.count)
        if wait_s:
            text = f"ended {self._deaths.count} times soon after its start: waits {wait_s:g} s"
            log.warning(text)
            self._notifier.status(text)
            self._notifier.extend(wait_s + START_S)
            await asyncio.sleep(wait_s)

    def _enter_safe_mode(self, app: App) -> None:
        why = safe_mode.words(self._deaths.count, self._deaths.last_end)
        app.health.degrade(safe_mode.PART, why)

    # --- beside the speaker -------------------------------------------------------

    @asynccontextmanager
    async def _beside(self, app: App) -> AsyncIterator[None]:
        """Keep systemd informed, and listen to it."""
        errand = self._errand
        self._reloading = Reloading(
            config=errand.loaded.config,
            read=lambda: errand.read().config,
            appliers={} if self._deaths.is_loop else app.appliers,
            assistant=app.assistant,
            trace=self._trace,
            health=app.health,
            notifier=self._notifier,
        )
        if errand.mistaken is not None:
            self._reloading.refuse(errand.mistaken)
        runs = {"reload": self._reloading.run}
        if self._notifier.watchdog_interval_s:
            runs["watchdog"] = Watchdog(self._notifier, app.pulses, app.health).run
        app.assistant.watch(lambda _before, _after: self._show_status(app))
        self._trace.subscribe(lambda _t, event, _fields: self._note(event, app))
        async with AsyncExitStack() as stack:
            for name, run in runs.items():
                await stack.enter_async_context(supervised(run, name, app.health))
            yield

    def _reload(self) -> None:
        if self._reloading is not None:
            self._reloading.ask()

    def _note(self, event: EventName, app: App) -> None:
        if event in {"degraded", "recovered", "reloaded"}:
            self._show_status(app)

    def _show_status(self, app: App) -> None:
        note = None if self._reloading is None else self._reloading.note
        troubles = app.health.troubles
        self._notifier.status(status_line(app.assistant.state, troubles, [note] if note else []))

    # --- the end ------------------------------------------------------------------

    async def _until_over(self, app: App) -> int:
        """Wait for an end that nobody has asked for; return the exit code."""
        if not self._deaths.is_loop:
            asyncio.get_running_loop().call_later(YOUNG_S, self._deaths.forget)
        codes = {asyncio.create_task(end): code for end, code in self._ends(app)}
        try:
            await asyncio.wait([*codes, app.failure], return_when=asyncio.FIRST_COMPLETED)
            if app.failure.done():
                log.critical("ended by a bug", exc_info=app.failure.exception())
                return 1
            self._deaths.remember(DEATHS_TO_SAFE_MODE - 1 if self._deaths.is_loop else 0)
            return next(code for end, code in codes.items() if end.done())
        finally:
            for end in codes:
                end.cancel()

    def _ends(self, app: App) -> Iterator[tuple[Coroutine[Any, Any, None], int]]:
        yield _source_over(app), 0
        if "CREDENTIALS_DIRECTORY" in self._errand.environ:
            yield _renewed(app), EX_RENEWAL
            yield _outgrown(app), EX_RENEWAL
        if self._deaths.is_loop:
            yield asyncio.sleep(safe_mode.LASTS_S), EX_RENEWAL


async def _source_over(app: App) -> None:
    await app.source_ended.wait()
    await app.assistant.until_at_rest()


async def _outgrown(app: App) -> None:
    await until_outgrown(resident_bytes, limit_bytes(), app.assistant.until_at_rest)
    log.warning("its memory has outgrown this machine: it starts anew")


async def _renewed(app: App) -> None:
    await until_renewed(partial(asyncio.to_thread, look_around), app.assistant.until_at_rest)
    log.info("a key or a group of the service has changed: it starts anew")
