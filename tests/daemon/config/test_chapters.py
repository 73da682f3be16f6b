"""The configurations that the chapters of outputs and sensors tell people to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from myna.config.file import load_config

DOCUMENTATION = Path(__file__).parents[3] / "docs"
CHAPTERS = [path for name in ("lamp", "sensors") for path in DOCUMENTATION.rglob(f"{name}.md")]
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [block for path in CHAPTERS for block in TOML.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_configuration_of_a_chapter_is_right(block: str, tmp_path: Path) -> None:
    path = tmp_path / "myna.toml"
    path.write_text(block, encoding="utf-8")
    config = load_config(path, (), {}).config  # raises what is wrong with it
    assert config.outputs or config.sensors


def test_chapters_are_there() -> None:
    assert len(BLOCKS) >= 5
