"""The process that holds the camera, seen from the daemon.

libcamera can hang for good (a loose ribbon cable) or crash, and takes some 50 MB of memory
with picamera2 above it (0.3.38, measured on libcamera's virtual camera): so it lives in a
process of its own, which can be ended.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Final, cast

from myna_hardware.camera.answers import Answer, parse_answer
from myna_hardware.camera.faults import last_line

CHUNK_BYTES: Final = 64 * 1024
NOISE_BYTES: Final = 4096
"""How much is kept of what the library says on stderr, for the text of an error."""

KILL_LIMIT_S: Final = 1.0
"""The kernel ends a killed process at once, unless it hangs in a driver."""

COMMAND: Final = (
    sys.executable,
    # As isolated from the user's environment as the daemon itself.
    *(("-I",) if sys.flags.isolated else ()),
    "-m",
    "myna_hardware.camera.worker",
)
PASSED_ON: Final = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|PYTHONPATH|LD_LIBRARY_PATH|LD_PRELOAD|LIBCAMERA_\w+"
)
"""Of the environment, what the library needs: no secret, and none of systemd's sockets."""


class WorkerEndedError(Exception):
    """The process has ended, or speaks no more as it should.

    Attributes:
        reason: How, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Worker:
    """A running process of the camera's.

    One thread at a time asks it; `kill` may be called from any.

    Args:
        command: What to run.
        environ: Its whole environment.
    """

    def __init__(
        self, command: Sequence[str] = COMMAND, environ: Mapping[str, str] | None = None
    ) -> None:
        self._process = Popen(  # noqa: S603 - our own module
            command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            bufsize=0,
            env=passed_on(os.environ) if environ is None else environ,
            start_new_session=True,  # Ctrl-C is for the daemon, and a kill for all of them
        )
        self._stdin, self._stdout, self._stderr = (
            cast("IO[bytes]", pipe)
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        os.set_blocking(self._stderr.fileno(), False)
        self._received = bytearray()
        self._noise = b""

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def noise(self) -> str:
        """The end of what it has written on stderr since it was asked."""
        return self._noise.decode(errors="replace")

    def ask(self, request: bytes) -> None:
        """Send a request.

        Raises:
            WorkerEndedError: There is nobody to take it.
        """
        self._hear_noise()
        self._noise = b""
        try:
            self._stdin.write(request)
        except OSError as error:
            raise WorkerEndedError(self._ending()) from error

    def answer(self, timeout_s: float) -> Answer:
        """Wait for the answer.

        Raises:
            TimeoutError: It has not come in time.
            WorkerEndedError: It will not come, or is nonsense.
        """
        deadline_s = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ, self._hear_answer)
            selector.register(self._stderr, selectors.EVENT_READ, self._hear_noise)
            while (answer := self._parsed()) is None:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0:
                    raise TimeoutError
                for key, _ in selector.select(left_s):
                    if not key.data():
                        selector.unregister(key.fileobj)
        self._hear_noise()
        return answer

    def kill(self) -> None:
        """End it and what it has started, whatever they do."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def reap(self, timeout_s: float = KILL_LIMIT_S) -> bool:
        """Take leave of it once it is killed; False where it hangs in the kernel."""
        try:
            self._process.wait(timeout_s)
        except TimeoutExpired:
            return False
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()
        return True

    def _parsed(self) -> Answer | None:
        try:
            answer = parse_answer(self._received)
        except ValueError as error:
            raise WorkerEndedError("its process talks nonsense") from error
        if answer is not None:
            self._received.clear()
        return answer

    def _hear_answer(self) -> bool:
        chunk = os.read(self._stdout.fileno(), CHUNK_BYTES)
        if not chunk:
            self._hear_noise()
            raise WorkerEndedError(self._ending())
        self._received += chunk
        return True

    def _hear_noise(self) -> bool:
        """Take what stands in the pipe; tell whether more may come."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._stderr.fileno(), CHUNK_BYTES):
                self._noise = (self._noise + chunk)[-NOISE_BYTES:]
            return False
        return True

    def _ending(self) -> str:
        """Say how it ended."""
        self.kill()  # what closes its pipes is of no use any more
        if not self.reap() or (code := self._process.returncode) is None:
            return "its process hangs"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        last = last_line(self.noise)
        return f"its process ended, {how}{f': {last}' if last else ''}"


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the part of the environment that the camera's process gets."""
    kept = {name: value for name, value in environ.items() if PASSED_ON.fullmatch(name)}
    return {"LIBCAMERA_LOG_LEVELS": "*:WARN", **kept}
