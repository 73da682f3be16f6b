from __future__ import annotations

from typing import Any

import pytest

from myna.errors import ToolError
from myna.mcp_servers.results import told


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


@pytest.mark.parametrize(
    ("result", "output"),
    [
        ({"content": [text("on"), text("bright")]}, {"text": "on\nbright"}),
        ({"content": []}, {"done": True}),
        ({}, {"done": True}),
        ({"content": [text("")]}, {"done": True}),
        ({"content": [text('{"on": 1}')], "structuredContent": {"on": 1}}, {"on": 1}),
        ({"content": [], "structuredContent": {}}, {}),
        ({"content": [], "structuredContent": [1]}, {"result": [1]}),
        (
            {"content": [text("a"), {"type": "image", "data": "", "mimeType": "image/png"}]},
            {"text": "a", "left_out": ["image (image/png)"]},
        ),
        (
            {"content": [{"type": "resource_link", "uri": "file:///etc/passwd", "name": "x"}]},
            {"done": True, "left_out": ["resource_link"]},
        ),
        (
            {"content": [{"type": "resource", "resource": {"uri": "a:b", "text": "Milk."}}]},
            {"text": "Milk."},
        ),
        (
            {"content": [{"type": "resource", "resource": {"uri": "a:b", "blob": "AA"}}]},
            {"done": True, "left_out": ["resource"]},
        ),
        ({"content": [{"type": "new\x07kind"}, {}]}, {"done": True, "left_out": ["new kind"]}),
    ],
)
def test_told_is_an_object_that_says_what_happened(
    result: dict[str, Any], output: dict[str, Any]
) -> None:
    assert told("lamp", result) == output


@pytest.mark.parametrize(
    ("content", "spoken"),
    [
        ([text("no\x00 bulb\nhere")], "lamp failed: no bulb here"),
        ([], "lamp failed: it gave no reason"),
        ([text("x" * 9999)], "lamp failed: " + "x" * 599 + "…"),
    ],
)
def test_told_passes_a_failure_on_in_short(content: list[dict[str, Any]], spoken: str) -> None:
    with pytest.raises(ToolError) as caught:
        told("lamp", {"content": content, "isError": True, "structuredContent": {"on": True}})
    assert caught.value.spoken == spoken
