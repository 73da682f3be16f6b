"""install.sh on a machine with a real systemd: one life of an installation, judged bit by bit."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installation import (
    KEY,
    Installer,
    Step,
    copy_sources,
    listening_commands,
    released,
    step,
    with_unit,
)
from support.machine import PATH, Machine, machine, why_not
from support.residue import LAYER
from support.wheelhouse import NoWheelsError, wheelhouse

STARTS_SLOWLY = "ExecStartPost=/bin/sleep 50"
OVERHEARD = "/run/overheard"
CANNOT_START = """

def execute(arguments):
    raise SystemExit("this version cannot start")
"""
DIES_YOUNG = 'ExecStartPost=+/bin/sh -c "(sleep 1; kill -KILL $MAINPID) &"'


class Life:
    """What happened; the machine is as the last step has left it."""

    def __init__(self, speaker: Machine) -> None:
        self.speaker = speaker
        self.steps: dict[str, Step] = {}

    def __getitem__(self, name: str) -> Step:
        return self.steps[name]

    def live(self, checkouts: Path, wheels: Path) -> None:
        """Play all the steps."""
        speaker, steps, installer = self.speaker, self.steps, Installer(self.speaker, wheels)
        first, dying, newer = checkouts / "first", checkouts / "dying", checkouts / "newer"
        steps["before"] = step(speaker, 0, "")
        steps["first"] = installer.install(first, "--yes")
        steps["again"] = installer.install(first, "--yes")
        path = f"{checkouts / 'listening'}:{PATH}"
        steps["key"] = installer.install_at_a_terminal(first, KEY, path)
        self.overheard = speaker.path(OVERHEARD).read_text()
        self.tellers = speaker.run("grep", "-rlF", KEY, LAYER).stdout
        self.status = speaker.ask("myna", "status")
        settings = speaker.path("/etc/myna/myna.toml")
        good = settings.read_text()
        settings.write_text(f"{good}\n[volumes]\n")
        steps["misconfigured"] = installer.install(dying, "--yes")
        settings.write_text(good)
        steps["broken"] = installer.install(checkouts / "broken", "--yes")
        steps["dying"] = installer.install(dying, "--yes")
        steps["slow"] = installer.interrupt(checkouts / "slow", "--yes", in_state="start-post")
        steps["newer"] = installer.install(newer, "--yes")
        self.version = speaker.ask("myna", "--version")
        steps["uninstalled"] = installer.install(newer, "--uninstall")
        steps["purged"] = installer.install(newer, "--uninstall", "--purge")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    reason = why_not()
    if reason is None and Path("/opt/myna").exists():
        reason = "myna is installed on this machine, of whose files the test's machine has copies"
    if reason:
        pytest.skip(reason)
    try:
        wheels = wheelhouse()
    except NoWheelsError as error:
        pytest.skip(str(error))
    checkouts = tmp_path_factory.mktemp("checkouts")
    copy_sources(checkouts / "first")
    released(checkouts / "broken", "0.9.1", CANNOT_START)
    with_unit(copy_sources(checkouts / "dying"), DIES_YOUNG)
    with_unit(copy_sources(checkouts / "slow"), STARTS_SLOWLY)
    released(checkouts / "newer", "0.9.2")
    listening_commands(checkouts / "listening", Path(OVERHEARD))
    with machine(wheels, checkouts) as speaker:
        life = Life(speaker)
        life.live(checkouts, wheels)
        yield life


def test_the_service_is_ready_when_the_installer_is(life: Life) -> None:
    first = life["first"]
    assert (first.code, first.state) == (0, "active"), first.said
    assert "has no key yet" in first.said


def test_installing_again_changes_nothing(life: Life) -> None:
    assert life["again"].code == 0
    assert life["again"].ages == life["first"].ages
    assert life["again"].differences == life["first"].differences
    assert life["again"].pid == life["first"].pid


def test_key_is_asked_for_unseen_and_encrypted(life: Life) -> None:
    key = life["key"]
    assert (key.code, key.state) == (0, "active"), key.said
    assert KEY not in key.said
    sealed = key.differences["/etc/myna/credentials.encrypted/api-key"]
    assert sealed[:3] == ("0o100600", 0, 0)
    assert not life.tellers


def test_key_reaches_the_service(life: Life) -> None:
    assert life["key"].pid != life["first"].pid
    assert "! speaker" in life.status
    assert "! key" not in life.status


def test_no_command_is_told_the_key(life: Life) -> None:
    assert "/listening/systemd-creds" in life.overheard
    assert KEY not in life.overheard


def test_a_mistake_in_the_configuration_stops_the_installer_alone(life: Life) -> None:
    stopped = life["misconfigured"]
    assert (stopped.code, stopped.pid) == (1, life["key"].pid)
    assert "volumes" in stopped.said
    assert "mend that and try again" in stopped.said


@pytest.mark.parametrize(("name", "code"), [("broken", 1), ("dying", 1), ("slow", -signal.SIGINT)])
def test_an_upgrade_that_does_not_become_ready_is_taken_back(
    life: Life, name: str, code: int
) -> None:
    failed = life[name]
    assert (failed.code, failed.state) == (code, "active"), failed.said
    before, after = life["key"].differences, failed.differences
    assert {place: after[place] for place in after if "/cache" not in place} == {
        place: before[place] for place in before if "/cache" not in place
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [("broken", "this version cannot start"), ("dying", "code=killed, status=9/KILL")],
)
def test_a_failed_upgrade_says_what_the_journal_says(life: Life, name: str, words: str) -> None:
    assert words in life[name].said
    assert "myna 0.1.0 runs again" in life[name].said


def test_an_upgrade_leaves_nothing_of_the_former(life: Life) -> None:
    newer = life["newer"]
    assert (newer.code, newer.state) == (0, "active"), newer.said
    folders = {place.split("/")[3] for place in newer.differences if place.startswith("/opt/myna/")}
    assert life.version == "myna 0.9.2"
    assert {folder.split("-")[0] for folder in folders} == {"venv", "cache", "0.9.2"}


def test_uninstalling_keeps_configuration_state_and_user(life: Life) -> None:
    left = life["uninstalled"]
    assert (left.code, left.state) == (0, "inactive"), left.said
    kept = set(left.differences) - set(life["before"].differences)
    others = {place for place in kept if not f"{place}/".startswith("/etc/myna/")}
    accounts = {
        f"/etc/{name}{copy}"
        for name in ("passwd", "group", "shadow", "gshadow")
        for copy in ("", "-")
    }
    assert others - accounts <= {
        "/var/lib/systemd/credential.secret",
        "/etc/.pwd.lock",
        "/var/lib/myna",
    }
    assert {"/etc/passwd", "/etc/myna/credentials.encrypted/api-key"} <= kept


def test_purging_leaves_the_machine_as_it_was(life: Life) -> None:
    assert life["purged"].code == 0, life["purged"].said
    # passwd- and its like are what useradd and userdel found last: another time's passwd.
    copies = [
        f"/etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")
    ]
    before, after = dict(life["before"].differences), dict(life["purged"].differences)
    for copy in copies:
        before.pop(copy, None)
        after.pop(copy, None)
    assert after == before
    assert not life.speaker.path("/var/lib/myna").exists()


def test_nothing_is_left_in_tmp(life: Life) -> None:
    before = life["before"].leftovers
    assert all(step.leftovers == before for step in life.steps.values())
