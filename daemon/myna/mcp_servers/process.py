"""A server as a child process: it gets nothing of ours, and never outlives us.

Three things end it when the daemon is gone without a word (kill -9): its standard input
ends, the kernel kills it (prctl(2), PR_SET_PDEATHSIG), and systemd what is left of the
service's control group.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import Process, SubprocessStreamProtocol
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from myna.errors import McpServerError

GRACE_S: Final = 0.4
"""To end by itself when its input ends, and again when it is told to. The specification
(Lifecycle, Shutdown, stdio) gives the order; the whole daemon takes 1.5 s for its end
(service.departure.ORDERLY_S)."""

_INHERITED: Final = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TZ", "USER")
_BUFFER_BYTES: Final = 65_536


def child_environment(environ: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return what a server finds in its environment: no key, no socket, no credentials.

    Args:
        environ: Ours.
        own: What the configuration gives it.
    """
    return {name: environ[name] for name in _INHERITED if name in environ} | dict(own)


@dataclass(frozen=True, slots=True)
class Child:
    """A running program.

    Attributes:
        process: With its pipes.
        transport: What the event loop keeps of it, to be closed at the end: pipes that
            others hold would stay open.
    """

    process: Process
    transport: asyncio.SubprocessTransport


async def start_process(command: Sequence[str], env: Mapping[str, str]) -> Child:
    """Start `command` in a process group of its own, bound to our life.

    Cancelled, it ends what it has started: asyncio itself leaves it unreaped.

    Raises:
        McpServerError: There is no such program, or it does not start.
    """
    start = asyncio.create_task(_start(command, env))
    try:
        await _finish(start)
    except asyncio.CancelledError:
        if start.exception() is None:
            await end_process(start.result())
        raise
    return start.result()


async def _start(command: Sequence[str], env: Mapping[str, str]) -> Child:
    program = shutil.which(command[0], path=env.get("PATH", os.defpath))
    if program is None:
        cure = "give its full path, and make it executable (chmod +x)"
        raise McpServerError(f"there is no program {command[0]!r}, or it may not be run: {cure}")
    # util-linux, which every Debian has. preexec_fn is not safe beside threads (subprocess).
    setpriv = shutil.which("setpriv")
    bound = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
    loop = asyncio.get_running_loop()
    try:
        # As asyncio.create_subprocess_exec does it, which hides the transport.
        transport, protocol = await loop.subprocess_exec(
            lambda: SubprocessStreamProtocol(limit=_BUFFER_BYTES, loop=loop),
            *bound,
            program,
            *command[1:],
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        raise McpServerError(f"{program} does not start: {error.strerror}") from error
    return Child(Process(transport, protocol, loop), transport)


async def end_process(child: Child) -> None:
    """End it and all that it started: politely, then not. Whoever is cancelled meanwhile waits."""
    await _finish(asyncio.create_task(_end(child)))


async def _finish(task: asyncio.Task[Any]) -> None:
    """Wait for `task`, however often we are cancelled meanwhile; heed that then.

    anyio cancels a task again and again for as long as it is within a cancelled scope.
    """
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        raise asyncio.CancelledError


async def _end(child: Child) -> None:
    process = child.process
    if process.stdin is not None:
        process.stdin.close()
    # Also waits for what it left behind with our pipes in its hands. Not asyncio.timeout,
    # which up to Python 3.11.2 takes its own end for the cancellation that led here.
    end = asyncio.create_task(process.wait())
    try:
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                _signal_group(process, number)
            if (await asyncio.wait([end], timeout=GRACE_S))[0]:
                break
    finally:
        end.cancel()
        _signal_group(process, signal.SIGKILL)
        child.transport.close()


def _signal_group(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
