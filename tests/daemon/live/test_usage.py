from __future__ import annotations

import json
from typing import Any

import pytest

from myna.live.events import TokensUsed
from myna.live.server_messages import parse
from myna.live.usage import tokens_in


def tokens(**usage: object) -> TokensUsed:
    metadata = parse(json.dumps({"usageMetadata": usage})).usage_metadata
    assert metadata is not None
    return tokens_in(metadata)


def of(modality: str, count: int) -> dict[str, Any]:
    return {"modality": modality, "tokenCount": count}


def test_tokens_are_counted_by_modality() -> None:
    assert tokens(
        promptTokenCount=30,
        promptTokensDetails=[of("TEXT", 10), of("AUDIO", 15), of("AUDIO", 5)],
        responseTokenCount=7,
        responseTokensDetails=[of("AUDIO", 7)],
        toolUsePromptTokenCount=3,
        toolUsePromptTokensDetails=[of("TEXT", 3)],
        thoughtsTokenCount=2,
        totalTokenCount=42,
    ) == TokensUsed({"TEXT": 13, "AUDIO": 20}, {"AUDIO": 7, "THOUGHTS": 2}, 42)


def test_what_the_details_leave_out_is_counted_without_a_modality() -> None:
    assert tokens(
        promptTokenCount=30, promptTokensDetails=[of("TEXT", 10)], responseTokenCount=5
    ) == TokensUsed({"TEXT": 10, "MODALITY_UNSPECIFIED": 20}, {"MODALITY_UNSPECIFIED": 5}, 0)


@pytest.mark.parametrize(
    "usage",
    [
        {"candidatesTokenCount": 4, "candidatesTokensDetails": [of("AUDIO", 4)]},
        {"responseTokenCount": 4, "responseTokensDetails": [of("AUDIO", 4)]},
        {"responseTokensDetails": [of("AUDIO", 4)]},
    ],
)
def test_output_is_counted_under_either_name(usage: dict[str, Any]) -> None:
    assert tokens(**usage).output_by_modality == {"AUDIO": 4}


def test_nothing_used_is_nothing_counted() -> None:
    assert tokens() == TokensUsed({}, {}, 0)
