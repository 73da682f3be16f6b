from __future__ import annotations

import sys
from pathlib import Path

import pytest

from support.mcp_house import house, rogue


@pytest.mark.parametrize("missing", ["mcp.client", "jsonschema"])
async def test_missing_library_is_one_clear_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("myna.mcp_servers.")]:
        if name.rpartition(".")[2] not in {"servers", "settings"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    async with house(tmp_path, times=0, home=rogue(tmp_path, "polite")) as at:
        degraded = await at.log.wait("degraded")
    assert degraded["what"] == "mcp"
    assert degraded["why"].startswith("the library for Model Context Protocol servers is missing")
    assert degraded["why"].endswith("install it: sudo ./install.sh --with mcp")
    assert at.witness.notes == []
