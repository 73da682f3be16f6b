"""Servers that are programs: the SDK's own, and others that misbehave."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import time
from pathlib import Path

import pytest

from myna.mcp_servers import server
from support.mcp_house import House, house, real, rogue


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PAUSES_S", (0.05,))


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def test_tools_of_a_real_server_do_what_they_are_told(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path)) as at:
        assert await at.output("set_lamp", on="true", level=50.0) == {"on": True, "level": 50}
        assert await at.output("get_lamp") == {"on": True, "level": 50}
        assert await at.output("nan") == {"level": None}
        assert await at.output("links") == {"text": "Buy milk.", "left_out": ["resource_link"]}
        picture = await at.output("picture")
        assert picture == {"text": "Here it is.", "left_out": ["image (image/png)"]}
        assert await at.output("turn_the_radio_on_") == {"result": "playing"}
        assert await at.error("fail") == "fail failed: Error executing tool fail"
        assert "ask was not done" in await at.error("ask")
        house_of_three = {"name": "a", "rooms": [{"name": "b", "rooms": [{"name": "c"}]}]}
        assert await at.output("count_rooms", house=house_of_three) == {"result": 3}
        assert "house.rooms[0]" in await at.error("count_rooms", house={"name": "", "rooms": [{}]})
        assert at.health.troubles == {}


async def test_arguments_outside_the_schema_never_reach_the_server(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path)) as at:
        wrong = await at.error("set_lamp", on="maybe", level=101)
        assert wrong.startswith("set_lamp was not run: ")
        assert "on: 'maybe' is not of type 'boolean'" in wrong
        assert "level: 101 is greater than the maximum of 100" in wrong
        await at.output("set_lamp", on=False)
        assert [note["level"] for note in at.witness.notes if "level" in note] == [100]


async def test_child_gets_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GEMINI_API_KEY", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "LISTEN_FDS"):
        monkeypatch.setenv(name, "canary")
    token = tmp_path / "token"
    token.write_text("its-own-token\n")
    settings = real(tmp_path, token_file=token, token_env="HASS_TOKEN")  # noqa: S106 - a name
    async with house(tmp_path, home=settings) as at:
        (environ,) = [note["environ"] for note in at.witness.notes if "environ" in note]
        assert "canary" not in environ.values()
        assert [environ["HASS_TOKEN"]] == at.secrets == ["its-own-token"]


async def test_hanging_call_is_given_up_and_its_server_told(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path, timeout_s=0.3)) as at:
        assert "did not finish within 0.3 s" in await at.error("hang")
        await at.witness.noted(tool="hang", cancelled=True)
        assert await at.output("get_lamp") == {"on": False, "level": 0}


async def test_cancelled_call_is_cancelled_at_the_server_and_nothing_else_is(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, home=real(tmp_path)) as at:
        await at.output("set_lamp", on=True)
        call = asyncio.create_task(at.call("hang"))
        await at.witness.noted(tool="hang", began=True)
        call.cancel()
        await at.witness.noted(tool="hang", cancelled=True)
        assert await at.output("get_lamp") == {"on": True, "level": 100}


async def test_crash_costs_one_answer_and_the_server_comes_back(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path, reading=("get_lamp",))) as at:
        assert "the connection broke while crash ran" in await at.error("crash")
        away = await at.error("get_lamp")
        assert away.startswith("get_lamp cannot be done now: its server is away")
        await at.log.wait("recovered")
        assert await at.output("get_lamp") == {"on": False, "level": 0}
        (degraded,) = at.log.of("degraded")
        assert degraded["what"] == "mcp home"
        assert degraded["why"].startswith("ended with status 7")


async def test_huge_answer_is_never_held(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path)) as at:
        before = peak_bytes()
        assert "too long to be taken" in await at.error("huge")
        assert peak_bytes() - before < 30_000_000
        assert await at.output("get_lamp") == {"on": False, "level": 0}


async def test_overlong_answer_is_told_at_once_wherever_its_id_stands(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "lavish", timeout_s=30.0)) as at:
        assert "too long to be taken" in await at.error("nod")


async def test_changed_list_is_offered(tmp_path: Path) -> None:
    async with house(tmp_path, home=real(tmp_path)) as at:
        await at.output("grow")
        await at.offers(2)
        assert await at.output("fan", on=True) == {"result": "on"}


async def test_changed_list_of_an_older_server_is_offered(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "growing")) as at:
        await at.output("nod")
        await at.offers(2)
        assert len(at.names) > 1


async def test_tools_that_cannot_be_checked_are_told_and_left_out(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "crooked")) as at:
        assert at.names == {"nod"}
        why = at.health.troubles["mcp home tools"]
        assert "nod0: its schema is none: 'text' is not valid" in why
        assert "nod1: its schema has a pattern that may take for ever" in why


async def test_server_that_changes_without_end_is_listed_so_often_and_stays_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CHANGES", 3)
    async with house(tmp_path, home=rogue(tmp_path, "restless")) as at:
        await at.witness.noted(lists=4)  # the first one, and the changes
        for _ in range(3):
            assert await at.output("nod") == {"text": "nodded"}
        assert at.witness.notes[-1] == {"lists": 4}
        assert not at.log.of("degraded")


async def test_server_that_asks_us_is_declined(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "curious")) as at:
        assert await at.output("nod") == {"text": "nodded"}
        for asked in "sre":
            assert "error" in await at.witness.noted(id=asked)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("silent", "does not answer"),
        ("listless", "does not answer"),
        ("endless", "lists more than 512 tools"),
        ("idle", "lists more than 512 tools"),
        ("babble", "talks no MCP: its standard output is for messages alone"),
        ("leave", "ended with status 1; its log ends: no house found"),
    ],
)
async def test_useless_server_is_told_once_and_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, why: str
) -> None:
    monkeypatch.setattr(server, "OPEN_S", 5.0 if how == "idle" else 1.0)
    monkeypatch.setattr("mcp.client.session.DISCOVER_TIMEOUT_SECONDS", 0.2)
    good = rogue(tmp_path, "polite", prefix="good_")
    async with house(tmp_path, good=good, bad=rogue(tmp_path, how)) as at:
        degraded = await at.log.wait("degraded")
        assert (degraded["what"], degraded["why"]) == ("mcp bad", why)
        assert await at.output("good_nod") == {"text": "nodded"}
        await at.witness.noted(start=3)  # it is tried again
        troubles = [line["what"] for line in at.log.of("degraded")]
        # One that lists its tools each time is well in between.
        assert troubles == ["mcp bad"] or (how == "restless" and set(troubles) == {"mcp bad"})


async def test_server_that_stops_listening_is_started_anew(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "deaf")) as at:
        await at.witness.noted(deaf=True)
        assert "the connection broke" in await at.error("nod")
        assert (await at.log.wait("degraded"))["why"] == "hangs up"
        await at.log.wait("recovered")


async def test_flood_of_messages_ends_the_connection(tmp_path: Path) -> None:
    async with house(tmp_path, home=rogue(tmp_path, "flooding")) as at:
        await at.call("nod")
        degraded = await at.log.wait("degraded")
        assert degraded["why"] == "sends more than anybody can read"


async def test_flood_of_log_is_thrown_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "myna.mcp_servers.stdio")
    async with house(tmp_path, home=rogue(tmp_path, "verbose", timeout_s=30.0)) as at:
        assert await at.output("nod") == {"text": "nodded"}
    assert 1 <= caplog.text.count("canary") <= 60


async def test_list_is_read_no_further_than_needed(tmp_path: Path) -> None:
    async with house(tmp_path, times=0, home=rogue(tmp_path, "endless")) as at:
        await at.log.wait("degraded")
        pages = [note["page"] for note in at.witness.notes if "page" in note]
        assert pages[:3] in (["first", "more"], ["first", "more", "first"])


@pytest.mark.parametrize("how", ["stay", "litter"])
async def test_nothing_outlives_us_that_does_not_want_to_end(tmp_path: Path, how: str) -> None:
    async with house(tmp_path, home=rogue(tmp_path, how)) as at:
        pids = (await pids_of(at))["pids"]
        assert all(is_alive(pid) for pid in pids)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 6
    async with asyncio.timeout(1):
        while any(is_alive(pid) for pid in pids):  # noqa: ASYNC110 - the kernel tells no event
            await asyncio.sleep(0)


async def pids_of(at: House) -> dict[str, list[int]]:
    await at.output("nod")
    return next(note for note in at.witness.notes if "pids" in note)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def test_missing_program_is_named(tmp_path: Path) -> None:
    lost = rogue(tmp_path, "polite")
    settings = type(lost)(command=("/nowhere/server",), allow=("*",))
    async with house(tmp_path, times=0, home=settings) as at:
        degraded = await at.log.wait("degraded")
    assert degraded["why"].startswith("there is no program '/nowhere/server'")
    assert os.sep in degraded["why"]
