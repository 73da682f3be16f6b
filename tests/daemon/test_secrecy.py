"""What the kernel shows of a process, asked of real ones."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from myna.secrecy import SECRET_VARIABLES

CANARY = "canary-0123456789-is-no-google-key"
PATTERN = Path("/proc/sys/kernel/core_pattern")
makes_core_files = pytest.mark.skipif(
    not PATTERN.exists()
    or not PATTERN.read_text().startswith("core")
    or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0,
    reason="this machine writes no core files, or writes them elsewhere",
)


def python(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script],
        cwd=folder,
        env={"ORDINARY": "stays", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


SHOW = """
import os, subprocess, sys
from myna.secrecy import take_environment
taken = {} if sys.argv[1:] else take_environment()
with open("/proc/self/environ") as file:
    print(file.read().replace("\\0", "\\n"))
print("own:", sorted(os.environ))
print("child:", subprocess.run(["env"], capture_output=True, text=True).stdout)
print("taken:", *(taken.get(name) for name in sys.argv[1:] or taken), file=sys.stderr)
"""


@pytest.mark.parametrize("name", SECRET_VARIABLES)
def test_a_key_is_wiped_from_the_environment_that_the_kernel_shows(
    tmp_path: Path, name: str
) -> None:
    done = python(SHOW, tmp_path, **{name: CANARY, "PATH": os.environ["PATH"]})

    assert CANARY not in done.stdout
    assert "ORDINARY=stays" in done.stdout
    assert name not in done.stdout.partition("own:")[2]
    assert CANARY in done.stderr  # we ourselves still have it


def test_a_key_that_is_not_wiped_is_shown(tmp_path: Path) -> None:
    script = SHOW.replace("if sys.argv[1:]", "if True")

    assert f"GEMINI_API_KEY={CANARY}" in python(script, tmp_path, GEMINI_API_KEY=CANARY).stdout


def test_a_variable_that_stands_twice_is_wiped_twice(tmp_path: Path) -> None:
    # Only execve itself takes such an environment.
    script = f"""
import ctypes, sys
from pathlib import Path
show = Path("show.py"); show.write_text({SHOW!r})
libc = ctypes.CDLL(None)
words = (ctypes.c_char_p * 3)(sys.executable.encode(), b"show.py", None)
entries = (ctypes.c_char_p * 4)(b"GEMINI_API_KEY={CANARY}1", b"ORDINARY=stays",
                                b"GEMINI_API_KEY={CANARY}2", None)
libc.execve(sys.executable.encode(), words, entries)
"""
    done = python(script, tmp_path)

    assert "ORDINARY=stays" in done.stdout
    assert CANARY not in done.stdout


DIE = """
import os, resource
from myna.secrecy import forbid_dumps
{before}
os.kill(os.getpid(), {signal})
"""
UNLIMIT = """
limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
"""
NO_LIMIT = "resource.setrlimit = lambda *_: None"
NO_FLAG = "import ctypes; ctypes.CDLL = lambda _: None"
DEADLY = [signal.SIGABRT, signal.SIGSEGV]


def die(folder: Path, number: signal.Signals, *before: str) -> list[str]:
    """Die by a signal; return the files that this left."""
    script = DIE.format(before="\n".join((UNLIMIT, *before)), signal=int(number))
    done = python(script, folder)
    assert done.returncode == -number, done.stderr
    return sorted(path.name for path in folder.iterdir())


@makes_core_files
@pytest.mark.parametrize("number", DEADLY)
@pytest.mark.parametrize("without", ["", NO_LIMIT, NO_FLAG])
def test_a_process_that_forbids_dumps_leaves_none(
    tmp_path: Path, number: signal.Signals, without: str
) -> None:
    assert die(tmp_path, number, without, "forbid_dumps()") == []


@makes_core_files
@pytest.mark.parametrize("number", DEADLY)
def test_a_process_that_allows_dumps_leaves_one(tmp_path: Path, number: signal.Signals) -> None:
    assert die(tmp_path, number)[0].startswith("core")


READ_CHILD = """
import os, subprocess, sys
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
script = "from myna.secrecy import forbid_dumps; {call}; print('up', flush=True); input()"
child = subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1)
child.stdout.readline()
try:
    open(f"/proc/{{child.pid}}/environ").read()
    print("readable")
except PermissionError:
    print("refused")
child.communicate(b"\\n")
print(child.returncode)
"""


@pytest.mark.parametrize(
    ("call", "expected"), [("forbid_dumps()", "refused"), ("None", "readable")]
)
def test_other_processes_of_the_user_cannot_look_inside(
    tmp_path: Path, call: str, expected: str
) -> None:
    done = python(READ_CHILD.format(call=call), tmp_path)

    if "PermissionError" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip("another user cannot run this interpreter")
    assert done.stdout.split() == [expected, "0"], done.stderr
