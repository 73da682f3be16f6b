"""`live.key_command` with real programs."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from myna.errors import CredentialError
from myna.live.key_command import command_problem, run_key_command

CANARY = "canary-0123456789-is-no-google-key"
ENVIRON = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}


def shell(script: str, *words: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script, "sh", *words)


async def refusal(*command: str, time_limit_s: float = 10) -> str:
    with pytest.raises(CredentialError) as caught:
        await run_key_command(command, ENVIRON, time_limit_s)
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize("end", ["", "\\n", "\\r\\n"])
async def test_a_command_prints_the_key(end: str) -> None:
    found = await run_key_command(shell(f"printf '{CANARY}{end}'"), ENVIRON)

    assert found.reveal() == CANARY
    assert found.source == "live.key_command (/bin/sh)"


async def test_a_command_prints_a_token() -> None:
    found = await run_key_command(shell("echo auth_tokens/abc"), ENVIRON)

    assert found.is_token


async def test_a_command_is_not_read_by_a_shell() -> None:
    found = await run_key_command(("echo", "$HOME;id"), ENVIRON)

    assert found.reveal() == "$HOME;id"


async def test_a_command_has_the_environment_without_our_secrets_and_no_input() -> None:
    ours = {
        "GEMINI_API_KEY": CANARY,
        "PICOVOICE_ACCESS_KEY": CANARY,
        "NOTIFY_SOCKET": "/run/notify",
        "CREDENTIALS_DIRECTORY": "/run/credentials",
    }
    script = 'echo "$(env | grep -c -e canary -e NOTIFY)$HOME$CREDENTIALS_DIRECTORY$(cat | wc -c)"'

    found = await run_key_command(shell(script), ENVIRON | ours)

    assert found.reveal() == "0/nowhere/run/credentials0"


@pytest.mark.parametrize("printed", ["", "\\n", "unset\\n"])
async def test_a_command_that_prints_nothing_is_told(printed: str) -> None:
    assert "printed no key" in await refusal(*shell(f"printf '{printed}'"))


@pytest.mark.parametrize("printed", ["two words", "two\\nlines", "letter \\303\\251"])
async def test_a_command_that_prints_no_key_is_told_without_showing_it(printed: str) -> None:
    told = await refusal(*shell(f"printf '{CANARY}{printed}'"))

    assert "live.key_command (/bin/sh) holds a space, a line break" in told
    assert "canary" not in told


@pytest.mark.parametrize("amount", ["head -c 5000 /dev/zero", "cat /dev/zero"])
async def test_a_command_that_prints_without_end_is_stopped(amount: str) -> None:
    assert "printed more than 4096 bytes" in await refusal(*shell(amount))


async def test_a_command_that_says_much_is_read_to_its_end() -> None:
    script = f"head -c 300000 /dev/zero >&2; echo {CANARY}"

    assert (await run_key_command(shell(script), ENVIRON)).reveal() == CANARY


async def test_a_command_that_fails_is_told_with_its_first_words() -> None:
    told = await refusal(*shell("echo 'no network, \033[1mtry later'  >&2; echo more >&2; exit 3"))

    assert told == (
        "live.key_command (/bin/sh) failed with status 3 (no network, [1mtry later): "
        "run it by hand to see why"
    )


@pytest.mark.parametrize(
    "script",
    [
        f"echo bad {CANARY} >&2; exit 1",
        "echo bad AIzaCanaryCanary >&2; exit 1",
        "echo bad secret-canary; echo bad secret-canary >&2; exit 1",
        "echo key=canary >&2; kill -9 $$",
    ],
)
async def test_a_command_that_fails_and_tells_the_key_is_not_repeated(script: str) -> None:
    told = await refusal(*shell(script))

    assert "[secret]" in told
    assert "anary" not in told


async def test_the_arguments_of_a_command_are_not_told() -> None:
    assert "hush" not in await refusal(*shell("exit 1", "hush"))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/nowhere/fetch", "no program '/nowhere/fetch'"),
        ("fetch-of-nowhere", "no program 'fetch-of-nowhere'"),
        ("/", "no program '/'"),
        ("/etc/passwd", "chmod +x"),
        ("a\0b", "cannot be started"),
    ],
)
async def test_a_command_that_cannot_be_started_is_told(command: str, reason: str) -> None:
    assert reason in await refusal(command)


async def test_a_program_without_a_first_line_is_told(tmp_path: Path) -> None:
    program = tmp_path / "fetch"
    program.write_bytes(b"\0no program")
    program.chmod(0o700)

    assert "Exec format error" in await refusal(str(program))


def test_a_command_is_looked_for_in_the_path(tmp_path: Path) -> None:
    program = tmp_path / "fetch"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o600)
    assert command_problem(("sh",), ENVIRON) is None
    assert command_problem((str(program),), ENVIRON) is not None

    program.chmod(0o700)
    assert command_problem(("fetch",), {"PATH": str(tmp_path)}) is None


FAMILY = 'sleep 1000 & echo "$! $$" >"$1"; wait'
"""A program with a child, which holds the pipes; it tells a FIFO who they are."""


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pids")
    return tmp_path / "pids"


async def family(pids: Path) -> tuple[int, int]:
    """Return the processes of the child and of the program, as files that end with them."""
    child, program = (await asyncio.to_thread(pids.read_text)).split()
    return os.pidfd_open(int(child)), os.pidfd_open(int(program))


async def gone(*processes: int) -> None:
    """Wait until the processes have ended."""
    loop = asyncio.get_running_loop()
    for process in processes:
        ended = asyncio.Event()
        loop.add_reader(process, ended.set)
        async with asyncio.timeout(10):
            await ended.wait()
        loop.remove_reader(process)
        os.close(process)


def children() -> set[str]:
    """Return the processes that this one has started and not reaped; not all are ours."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}


@pytest.mark.parametrize("script", [FAMILY, FAMILY.removesuffix("; wait")])
async def test_a_command_that_does_not_end_is_killed_with_its_children(
    pids: Path, script: str
) -> None:
    told = asyncio.create_task(refusal(*shell(script, str(pids)), time_limit_s=0.5))
    child = int((await asyncio.to_thread(pids.read_text)).split()[0])
    process = os.pidfd_open(child)

    assert "did not end within 0.5 s" in await told
    await gone(process)


async def test_a_cancelled_command_is_killed_with_its_children(pids: Path) -> None:
    before = children()
    running = asyncio.create_task(run_key_command(shell(FAMILY, str(pids)), ENVIRON))
    child, program = await family(pids)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    await gone(child, program)
    assert children() <= before


async def test_a_command_that_is_cancelled_while_it_starts_is_killed(pids: Path) -> None:
    before = children()
    running = asyncio.create_task(run_key_command(shell(FAMILY, str(pids)), ENVIRON))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert children() <= before


async def test_commands_leave_no_open_file_behind() -> None:
    script = "import sys; sys.exit(1)"
    await refusal(sys.executable, "-c", script)
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - numbers

    for _ in range(5):
        await refusal(sys.executable, "-c", script)

    assert len(os.listdir("/proc/self/fd")) <= len(before)  # noqa: PTH208
