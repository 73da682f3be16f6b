"""The configurations and tool files that the documentation tells people to write."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from myna.config.file import load_config
from myna.tools.own import tools_in_file

ROOT: Final = Path(__file__).parents[3]
SCRIPTS: Final = "simulator.md"
"""Its blocks are scripts for the server."""

PAGES: Final = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != SCRIPTS),
]


def blocks(language: str) -> list[object]:
    """Return every fenced block of the documentation, as parameters of a test."""
    fenced = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [
        pytest.param(block, id=f"{page.stem}: {block.splitlines()[0]}")
        for page in PAGES
        for block in fenced.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("text", blocks("python"))
def test_tool_file_loads(text: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "own.py"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    assert tools_in_file(path)


@pytest.mark.parametrize("text", blocks("toml"))
def test_configuration_is_right(text: str, tmp_path: Path) -> None:
    if "entry-points" in text:  # of a package's pyproject.toml
        assert tomllib.loads(text)["project"]["entry-points"]["myna.tools"]
        return
    path = tmp_path / "myna.toml"
    path.write_text(text, encoding="utf-8")
    load_config(path, (), {})  # raises what is wrong with it
