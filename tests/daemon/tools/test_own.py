"""Tools of your own: from real files, and from a real package with an entry point."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from myna.errors import ToolError
from myna.tools.own import Bundle, OwnToolError, own_tools, tools_in_file
from myna.tools.registry import Registry

GATE = '''
from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from myna.plugin import ToolError, tool


@tool(risk="confirm", per_minute=2, timeout_s=3)
def open_gate(minutes: Annotated[int, Meta(ge=1, le=10)] = 2) -> dict[str, object]:
    """Open the gate.

    Args:
        minutes: For how long.
    """
    if minutes == 10:
        raise ToolError("open_gate", "The gate is stuck. Tell the user so")
    return {"open_for_minutes": minutes}


@tool(is_reading=True)
async def gate_state() -> dict[str, object]:
    """Tell how the gate stands."""
    return {"is_open": False}
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


def written(folder: Path, name: str, text: str, mode: int = 0o644) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def problem_of(path: Path) -> str:
    with pytest.raises(OwnToolError) as raised:
        tools_in_file(path)
    return str(raised.value)


def test_file_brings_its_tools_with_their_traits(folder: Path) -> None:
    gate, state = tools_in_file(written(folder, "gate.py", GATE))
    assert (gate.name, gate.risk, gate.per_minute, gate.timeout_s) == ("open_gate", "confirm", 2, 3)
    assert gate.declaration.parameters["properties"] == {
        "minutes": {"type": "integer", "description": "For how long.", "minimum": 1, "maximum": 10}
    }
    assert (state.name, state.is_reading, state.is_coroutine) == ("gate_state", True, True)


async def test_tool_of_a_file_runs_and_its_words_reach_the_model(folder: Path) -> None:
    registry = Registry()
    registry.offer("gate.py", tools_in_file(written(folder, "gate.py", GATE)))
    ran = await registry.call("open_gate", {"minutes": 3}, "command")
    assert ran.response == {"output": {"open_for_minutes": 3}}
    stuck = await registry.call("open_gate", {"minutes": 10}, "command")
    assert stuck.response == {"error": "The gate is stuck. Tell the user so"}
    assert "minutes" in str((await registry.call("open_gate", {"minutes": 0})).response["error"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def broken(:\n", "line 1: SyntaxError: "),
        ("x = 1\nimport nothing_of_that_name\n", "line 2: ModuleNotFoundError: "),
        ("def deep():\n    return 1 / 0\n\ndeep()\n", "line 2: ZeroDivisionError: "),
        ("import sys\nsys.exit(3)\n", "line 2: SystemExit: 3"),
        ("x = 1\n", "there is no tool in it: write @tool() above a function"),
        (
            "from myna.plugin import tool\n\n@tool()\ndef f(x) -> None:\n    'Do.'\n",
            "line 3: TypeError: tool f: annotate and describe x",
        ),
    ],
)
def test_file_that_fails_says_where_and_why(folder: Path, text: str, problem: str) -> None:
    path = written(folder, "own.py", text)
    assert problem_of(path).startswith(problem)
    assert "myna_own_tools_own" not in sys.modules or "no tool" in problem


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_file_that_others_may_write_is_not_run(folder: Path, mode: int) -> None:
    path = written(folder, "gate.py", f"open({str(folder / 'ran')!r}, 'w')\n{GATE}", mode)
    assert problem_of(path) == f"others may write to {path}: sudo chmod go-w {path}"
    assert not (folder / "ran").exists()


def test_folder_that_others_may_write_is_not_trusted(folder: Path) -> None:
    path = written(folder, "gate.py", GATE)
    folder.chmod(0o777)
    assert problem_of(path).startswith(f"others may write to {folder}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_file_of_somebody_else_is_not_run(folder: Path) -> None:
    path = written(folder, "gate.py", GATE)
    os.chown(path, 12345, 12345)
    assert problem_of(path) == f"{path} belongs to somebody else: sudo chown root {path}"


def test_one_bad_file_keeps_no_other_from_loading(folder: Path) -> None:
    written(folder, "a_bad.py", "1 / 0\n")
    written(folder, "b_gate.py", GATE)
    written(folder, "_draft.py", "1 / 0\n")
    written(folder, ".hidden.py", "1 / 0\n")
    bad, good = own_tools(folder)
    assert bad == Bundle("a_bad.py", problem="line 1: ZeroDivisionError: division by zero")
    assert (good.source, [tool.name for tool in good.tools]) == (
        "b_gate.py",
        ["open_gate", "gate_state"],
    )


def test_folder_that_is_not_there_brings_nothing(tmp_path: Path) -> None:
    assert list(own_tools(tmp_path / "missing")) == []


@pytest.mark.parametrize(
    ("target", "names"),
    [("myna_gate", ["open_gate", "gate_state"]), ("myna_gate:open_gate", ["open_gate"])],
)
def test_package_brings_tools_by_an_entry_point(
    folder: Path, monkeypatch: pytest.MonkeyPatch, target: str, names: list[str]
) -> None:
    installed(folder, target)
    monkeypatch.syspath_prepend(folder)
    (bundle,) = own_tools(folder / "none")
    assert (bundle.source, [tool.name for tool in bundle.tools]) == ("package myna-gate", names)
    sys.modules.pop("myna_gate")


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("myna_gone", "myna_gone: ModuleNotFoundError: No module named 'myna_gone'"),
        ("myna_gate:GATES", "there is no tool in it: write @tool() above a function"),
    ],
)
def test_package_that_does_not_load_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, target: str, problem: str
) -> None:
    installed(folder, target)
    monkeypatch.syspath_prepend(folder)
    assert list(own_tools(folder / "none")) == [Bundle("package myna-gate", problem=problem)]
    sys.modules.pop("myna_gate", None)


def installed(folder: Path, target: str) -> None:
    """Lay a package out as pip does."""
    written(folder, "myna_gate.py", f"{GATE}\nGATES = 2\n")
    info = folder / "myna_gate-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: myna-gate\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[myna.tools]\ngate = {target}\n")


def test_tool_error_is_the_one_that_the_registry_knows() -> None:
    from myna.plugin import ToolError as Told

    assert Told is ToolError
