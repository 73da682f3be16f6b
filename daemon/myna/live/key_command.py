"""`live.key_command`: a program of the user's that prints a key or a fresh token.

It runs without a shell, without input, in a session of its own, with none of the keys
that stand elsewhere in its environment, and it ends with whatever it has started. What it
prints counts as secret; so does most of what it says when it fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Final

from myna.errors import CredentialError
from myna.live.credentials import MAX_SECRET_BYTES, Credential, checked_secret
from myna.redaction import MASK, Redaction
from myna.secrecy import SECRET_VARIABLES

TIME_LIMIT_S: Final = 10.0
OUTPUT_LIMIT_BYTES: Final = MAX_SECRET_BYTES
_END_LIMIT_S: Final = 1.0
"""A killed program is gone at once, unless the kernel itself waits for a device."""
_SAID_CHARACTERS: Final = 200

_NOT_ITS_OWN: Final = frozenset(
    {*SECRET_VARIABLES, "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}
)
_OPAQUE: Final = re.compile(r"(?=[\w\-+=]*\d)[\w\-+=]{20,}")
"""A long word with a digit in it: a key of a kind that nobody has told us about."""


def command_problem(command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Say why `command` cannot be run, or None, without running it."""
    if shutil.which(command[0], path=environ.get("PATH")) is not None:
        return None
    return (
        f"there is no program {command[0]!r}, or it may not be run: "
        "give its full path, and make it executable (chmod +x)"
    )


async def run_key_command(
    command: Sequence[str], environ: Mapping[str, str], time_limit_s: float = TIME_LIMIT_S
) -> Credential:
    """Run `command` and return what it prints.

    Args:
        command: Program and arguments.
        environ: Its environment, before our secrets are taken out.
        time_limit_s: When it is killed, with everything that it started.

    Raises:
        CredentialError: It could not be run, failed, or printed no key.
    """
    name = f"live.key_command ({command[0]})"
    process = await _started(command, environ, name)
    try:
        async with asyncio.timeout(time_limit_s):
            out, said = await _outcome(process, name)
    except TimeoutError:
        text = f"{name} did not end within {time_limit_s:g} s: run it by hand to see what it does"
        raise CredentialError(text) from None
    finally:
        await _end(process)
    if process.returncode != 0:
        raise CredentialError(_failure(name, process.returncode or 0, out, said))
    credential = checked_secret(out.decode("latin-1"), name, "API key")
    if credential is None:
        raise CredentialError(f"{name} printed no key: it must print one line, on standard output")
    return credential


async def _started(command: Sequence[str], environ: Mapping[str, str], name: str) -> Process:
    own = {key: value for key, value in environ.items() if key not in _NOT_ITS_OWN}
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=own, start_new_session=True
        )
    )
    try:
        # A start that is given up half way would leave the program's children behind.
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError, ValueError):
            await _end(await starting)
        raise
    except OSError as error:
        reason = error.strerror or "the system refused"
    except ValueError:  # a NUL in a word
        reason = "its words cannot be given to a program"
    problem = command_problem(command, environ) or f"{reason}: see that it is a program"
    raise CredentialError(f"{name} cannot be started: {problem}")


async def _outcome(process: Process, name: str) -> tuple[bytes, bytes]:
    """Return the beginnings of what it printed and of what it said, once it has ended."""
    assert process.stdout is not None  # noqa: S101 - for mypy: both are pipes
    assert process.stderr is not None  # noqa: S101
    saying = asyncio.create_task(_beginning(process.stderr, is_drained=True))
    try:
        out = await _beginning(process.stdout, is_drained=False)
        if len(out) > OUTPUT_LIMIT_BYTES:
            raise CredentialError(
                f"{name} printed more than {OUTPUT_LIMIT_BYTES} bytes: it must print one key"
            )
        said = await saying
        await process.wait()
    finally:
        saying.cancel()
        await asyncio.wait([saying])
    return out, said


async def _beginning(stream: asyncio.StreamReader, *, is_drained: bool) -> bytes:
    """Read to the end, or until there is too much; keep no more than the beginning."""
    kept = b""
    while part := await stream.read(OUTPUT_LIMIT_BYTES + 1):
        kept = (kept + part)[: OUTPUT_LIMIT_BYTES + 1]
        if len(kept) > OUTPUT_LIMIT_BYTES and not is_drained:
            break
    return kept


async def _end(process: Process) -> None:
    """Kill what has not ended by itself, its whole group, and wait until it is gone."""
    pipes = (process.stdout, process.stderr)
    if process.returncode is not None and all(pipe and pipe.at_eof() for pipe in pipes):
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_END_LIMIT_S):
            await process.communicate()


def _failure(name: str, status: int, out: bytes, said: bytes) -> str:
    how = f"was ended by signal {-status}" if status < 0 else f"failed with status {status}"
    words = _told(out, said)
    return f"{name} {how}{f' ({words})' if words else ''}: run it by hand to see why"


def _told(out: bytes, said: bytes) -> str:
    """Return the first line of what it said, without anything that may be a key.

    A script that fails often prints what it holds; whatever stood on standard output, and
    every long word with digits, is taken for a secret.
    """
    redaction = Redaction()
    for word in out.decode("latin-1").split():
        redaction.hide(word)
    lines = said.decode(errors="replace").strip().splitlines()
    masked = _OPAQUE.sub(MASK, redaction(lines[0] if lines else ""))
    printable = "".join(character for character in masked if character.isprintable())
    return printable[:_SAID_CHARACTERS]
