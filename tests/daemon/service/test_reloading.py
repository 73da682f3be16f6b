"""Reloads of configurations that are good, bad, and come at a bad moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from myna.config import Config, ConversationSettings, LiveSettings
from myna.errors import ConfigError, Problem
from myna.health import Health
from myna.notify import Notifier
from myna.service.reloading import PART, Reloading
from myna.trace import Trace
from myna_hardware.settings import MicrophoneSettings
from support.service_manager import ServiceManager, service_manager

QUICK = Config(conversation=ConversationSettings(limit_s=10))
OTHER_EARS = Config(microphone=MicrophoneSettings(device="USB"))


class Conversation:
    """At rest, or not."""

    def __init__(self) -> None:
        self.rest = asyncio.Event()
        self.rest.set()

    @property
    def is_at_rest(self) -> bool:
        return self.rest.is_set()

    async def until_at_rest(self) -> None:
        await self.rest.wait()


class Stage:
    """A `Reloading` and those around it."""

    def __init__(self, manager: ServiceManager) -> None:
        self.manager = manager
        self.config: Config | ConfigError = Config()
        self.applied: list[tuple[str, Config]] = []
        self.conversation = Conversation()
        self.trace = Trace()
        self.health = Health(self.trace)
        self.outcomes: list[str] = []
        self._came = asyncio.Event()
        self.trace.subscribe(self._note)
        tables = ("conversation.limit_s", "live")
        appliers = {
            key: lambda config, key=key: self.applied.append((key, config)) for key in tables
        }
        self.reloading = Reloading(
            config=Config(),
            read=self._read,
            appliers=appliers,
            assistant=self.conversation,  # type: ignore[arg-type]  # all that it asks
            trace=self.trace,
            health=self.health,
            notifier=Notifier({"NOTIFY_SOCKET": str(manager.path)}),
        )

    def _read(self) -> Config:
        if isinstance(self.config, ConfigError):
            raise self.config
        return self.config

    def _note(self, _t: float, event: str, fields: Mapping[str, object]) -> None:
        if event == "reloaded":
            self.outcomes.append(str(fields["outcome"]))
            self._came.set()

    async def until_in_force(self) -> None:
        """Wait until what waited is in force."""
        while self.outcomes[-1] != "in force":
            self._came.clear()
            await self._came.wait()

    async def reload(self, config: Config | ConfigError) -> None:
        """Have the configuration changed and reloaded, and wait for systemd to hear of it."""
        times = self.manager.heard.count("READY=1") + 1
        self.config = config
        self.reloading.ask()
        await self.manager.wait("READY=1", times)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    async with service_manager(folder) as manager:
        on = Stage(manager)
        task = asyncio.create_task(on.reloading.run())
        yield on
        task.cancel()
        await asyncio.wait([task])
        on.reloading.notifier.close()


async def test_systemd_hears_that_it_reloads_with_the_time_and_that_it_is_done(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on:
        await on.reload(QUICK)
        said, stamp, done = on.manager.heard
    assert (said, done) == ("RELOADING=1", "READY=1")
    assert stamp.startswith("MONOTONIC_USEC=")
    assert int(stamp.partition("=")[2]) > 0


async def test_what_can_be_put_in_force_is_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.reload(QUICK)
        await on.reload(QUICK)
        assert on.applied == [("conversation.limit_s", QUICK)]
        assert on.health.troubles == {}


async def test_a_table_is_applied_once_for_all_of_its_keys(tmp_path: Path) -> None:
    other = Config(live=LiveSettings(model="other", voice="Kore"))
    async with stage(tmp_path) as on:
        await on.reload(other)
    assert on.applied == [("live", other)]


async def test_what_needs_a_restart_is_named_until_it_is_taken_back(tmp_path: Path) -> None:
    both = replace(OTHER_EARS, conversation=QUICK.conversation)
    async with stage(tmp_path) as on:
        await on.reload(both)
        assert on.applied == [("conversation.limit_s", both)]
        assert on.health.troubles == {
            PART: "changed: microphone.device; to put that in force: sudo systemctl restart myna"
        }
        await on.reload(QUICK)
        assert on.health.troubles == {}
        assert len(on.applied) == 1


async def test_a_broken_file_changes_nothing_and_says_why(tmp_path: Path) -> None:
    problems = (Problem("live.voise", "unknown", 3), Problem("wake.word", "unknown", 9))
    async with stage(tmp_path) as on:
        await on.reload(ConfigError("/etc/myna/myna.toml", problems))
        assert on.applied == []
        assert on.health.troubles == {
            PART: "/etc/myna/myna.toml: line 3: live.voise: unknown (and 1 more); "
            "what was good before stays in force"
        }
        await on.reload(QUICK)
        assert on.health.troubles == {}
        assert on.outcomes == ["refused", "in force"]


async def test_a_conversation_is_waited_for_and_systemd_is_not_kept_waiting(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on:
        on.conversation.rest.clear()
        await on.reload(QUICK)
        assert on.applied == []
        assert on.reloading.note is not None
        on.conversation.rest.set()
        await on.until_in_force()
        assert on.applied == [("conversation.limit_s", QUICK)]


async def test_of_two_that_wait_the_later_counts(tmp_path: Path) -> None:
    later = Config(conversation=ConversationSettings(limit_s=20))
    async with stage(tmp_path) as on:
        on.conversation.rest.clear()
        await on.reload(QUICK)
        await on.reload(later)
        on.conversation.rest.set()
        await on.until_in_force()
        assert on.applied == [("conversation.limit_s", later)]
