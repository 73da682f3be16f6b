from __future__ import annotations

import os
from pathlib import Path

import pytest

from myna.config import LiveSettings
from myna.errors import CredentialError
from myna.live.credential_source import CredentialSource

PATH = {"PATH": os.environ["PATH"]}


class Printer:
    """A command that prints what a file holds, a number counting its runs in place of N."""

    def __init__(self, folder: Path, text: str) -> None:
        self.text = folder / "text"
        self.runs = folder / "runs"
        self.text.write_text(text)
        self.runs.touch()
        script = 'echo >>"$2"; sed "s/N/$(wc -l <"$2")/" "$1"'
        self.command = ("/bin/sh", "-c", script, "sh", str(self.text), str(self.runs))

    @property
    def count(self) -> int:
        return len(self.runs.read_text())

    def source(self, hidden: list[str] | None = None) -> CredentialSource:
        hide = (lambda _secret: None) if hidden is None else hidden.append
        return CredentialSource(LiveSettings(key_command=self.command), PATH, hide)


def from_places(environ: dict[str, str], file: Path | None = None) -> CredentialSource:
    return CredentialSource(LiveSettings(key_file=file), environ, lambda _secret: None)


async def test_a_key_of_a_file_is_read_anew_for_every_session(tmp_path: Path) -> None:
    file = tmp_path / "key"
    source = from_places({}, file)
    for is_resumption in (False, True):
        file.write_text(f"key-{is_resumption}")
        assert (await source.for_session(is_resumption=is_resumption)).reveal() == file.read_text()
    file.write_text("auth_tokens/1")
    assert (await source.current()).reveal() == "auth_tokens/1"


async def test_a_command_replaces_all_other_places(tmp_path: Path) -> None:
    settings = LiveSettings(key_command=("echo", "from-command"), key_file=tmp_path / "none")
    source = CredentialSource(settings, PATH | {"GEMINI_API_KEY": "other"}, lambda _secret: None)

    assert (await source.current()).reveal() == "from-command"


async def test_a_key_of_a_command_is_kept_until_it_is_refused(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "key-N")
    source = printer.source()
    first = await source.for_session(is_resumption=False)
    for is_resumption in (True, False):
        assert await source.for_session(is_resumption=is_resumption) is first
    assert await source.current() is first
    assert printer.count == 1

    source.expire(first)

    assert source.can_refresh
    assert (await source.for_session(is_resumption=False)).reveal() == "key-2"


async def test_a_token_of_a_command_is_for_one_session_and_its_resumptions(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "auth_tokens/N")
    source = printer.source()
    assert (await source.current()).reveal() == "auth_tokens/1"
    used = [
        (await source.for_session(is_resumption=is_resumption)).reveal()
        for is_resumption in (False, True, True, False, True)
    ]

    assert used == [f"auth_tokens/{number}" for number in (2, 2, 2, 3, 3)]


async def test_a_resumption_has_a_new_token_when_its_own_is_spent(tmp_path: Path) -> None:
    source = Printer(tmp_path, "auth_tokens/N").source()
    source.expire(await source.for_session(is_resumption=False))

    assert (await source.for_session(is_resumption=True)).reveal() == "auth_tokens/2"


async def test_an_old_credential_does_not_expire_the_new_one(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "auth_tokens/N")
    source = printer.source()
    old = await source.for_session(is_resumption=False)
    new = await source.for_session(is_resumption=False)

    source.expire(old)

    assert await source.for_session(is_resumption=True) is new


async def test_a_command_that_repeats_a_refused_key_offers_nothing_new(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "key")
    source = printer.source()
    assert source.can_refresh
    offers = []
    for text in ("key", "key", "other"):
        printer.text.write_text(text)
        source.expire(await source.current())
        offers.append(source.can_refresh)

    assert offers == [True, False, True]


async def test_a_file_or_variable_offers_something_new_once_it_has_changed() -> None:
    environ = {"GEMINI_API_KEY": "key"}
    source = from_places(environ)
    source.expire(await source.current())

    assert not source.can_refresh
    environ["GEMINI_API_KEY"] = ""
    assert not source.can_refresh
    environ["GEMINI_API_KEY"] = "other"
    assert source.can_refresh


async def test_every_secret_is_hidden_before_it_is_used(tmp_path: Path) -> None:
    hidden: list[str] = []
    source = Printer(tmp_path, "auth_tokens/N").source(hidden)
    for _ in range(2):
        await source.for_session(is_resumption=False)

    assert hidden == ["auth_tokens/1", "auth_tokens/2"]


async def test_a_failing_command_is_asked_again(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "two words")
    source = printer.source()
    with pytest.raises(CredentialError):
        await source.for_session(is_resumption=False)
    printer.text.write_text("key-N")

    assert (await source.for_session(is_resumption=False)).reveal() == "key-2"


def test_a_check_runs_no_command(tmp_path: Path) -> None:
    printer = Printer(tmp_path, "key")
    printer.source().check()
    assert printer.count == 0

    missing = CredentialSource(LiveSettings(key_command=("/nowhere",)), PATH, lambda _secret: None)
    with pytest.raises(CredentialError, match=r"live\.key_command: there is no program '/nowhere'"):
        missing.check()


def test_a_check_of_the_other_places_finds_the_key() -> None:
    hidden: list[str] = []
    CredentialSource(LiveSettings(), {"GEMINI_API_KEY": "key-key"}, hidden.append).check()
    assert hidden == ["key-key"]

    with pytest.raises(CredentialError, match="no API key"):
        from_places({}).check()


async def test_a_key_can_be_shown_once_more_before_it_is_needed() -> None:
    hidden: list[str] = []
    source = CredentialSource(LiveSettings(), {"GEMINI_API_KEY": "key"}, hidden.append)
    shown = source.reusable()
    assert shown is not None
    assert shown.reveal() == (await source.for_session(is_resumption=False)).reveal()
    assert hidden[0] == "key"


@pytest.mark.parametrize("environ", [{}, {"GEMINI_API_KEY": "auth_tokens/once"}])
def test_a_token_is_not_shown_before_it_is_needed(environ: dict[str, str]) -> None:
    assert from_places(environ).reusable() is None


def test_a_command_is_not_run_before_its_key_is_needed(tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    settings = LiveSettings(key_command=("/usr/bin/touch", str(mark)))
    source = CredentialSource(settings, {"GEMINI_API_KEY": "key"}, lambda _secret: None)
    assert source.reusable() is None
    assert not mark.exists()
