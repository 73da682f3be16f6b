"""What docs/tools.md tells people to type."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from myna.config.file import load_config
from myna.tools.own import tools_in_file

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "tools.md"


def blocks(language: str) -> list[str]:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks("python"), ids=lambda text: text.splitlines()[0])
def test_tool_file_of_the_documentation_loads(text: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "own.py"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    assert tools_in_file(path)


@pytest.mark.parametrize("text", blocks("toml"))
def test_configuration_of_the_documentation_is_right(text: str, tmp_path: Path) -> None:
    if "entry-points" in text:  # of a package's pyproject.toml
        assert tomllib.loads(text)["project"]["entry-points"]["myna.tools"]
        return
    path = tmp_path / "myna.toml"
    path.write_text(text, encoding="utf-8")
    load_config(path, (), {})  # raises what is wrong with it
