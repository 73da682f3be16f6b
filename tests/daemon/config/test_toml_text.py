from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.config.toml_text import toml_key, toml_value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_toml_value_reads_back_as_it_was(value: object) -> None:
    assert tomllib.loads(f"value = {toml_value(value)}")["value"] == value


@given(TEXTS, TEXTS)
def test_toml_key_reads_back_as_it_was(outer: str, inner: str) -> None:
    assert tomllib.loads(f"{toml_key(outer, inner)} = 1") == {outer: {inner: 1}}


def test_toml_value_writes_paths_as_texts() -> None:
    assert toml_value((Path("/a b"),)) == '["/a b"]'


def test_toml_value_refuses_null() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_value(None)
