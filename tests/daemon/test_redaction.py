from __future__ import annotations

import pytest

from myna.redaction import MASK, Redaction, has_secret, redact

KEY = "AIzaSyCanary-0123456789_abcdefghijklmn"


@pytest.mark.parametrize(
    "text",
    [
        f"GET /ws?key={KEY} HTTP/1.1",
        f"> x-goog-api-key: {KEY}",
        "> x-goog-api-key: canary",
        "Headers([('x-goog-api-key', 'canary')])",
        '{"X-Goog-Api-Key": "canary"}',
        "wss://host/ws?access_token=canary&alt=1",
        "wss://host/ws?a=1&key=canary",
        "Authorization: Bearer canary",
        "authorization: Token canary",
        "name=auth_tokens/canary",
        "name=auth_tokens%2Fcanary",
        "AQ.canary0123456789abcdefgh",
        "access_key='canary'",
    ],
)
def test_redact_masks_keys_in_texts(text: str) -> None:
    masked = redact(text)
    assert "anary" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    ["key_file = /etc/myna/api-key", "the key of the door", "monkey=3", "live.key_in = query"],
)
def test_redact_leaves_other_texts_alone(text: str) -> None:
    assert redact(text) == text


def test_redact_keeps_what_stands_around_a_key() -> None:
    assert (
        redact("wss://host/ws?key=canary&alt=1 failed") == f"wss://host/ws?key={MASK}&alt=1 failed"
    )


def test_has_secret_tells_keys_from_words() -> None:
    assert has_secret(f"a {KEY}")
    assert not has_secret("api-key")


def test_redaction_masks_registered_secrets_and_their_url_form() -> None:
    redaction = Redaction()
    redaction.hide("pico/voice+key==")
    redaction.hide("pico/voice+key==longer")
    text = redaction("a pico/voice+key== b pico%2Fvoice%2Bkey%3D%3D c pico/voice+key==longer d")
    assert text == f"a {MASK} b {MASK} c {MASK} d"


@pytest.mark.parametrize("short", ["", "a", "ab-12"])
def test_redaction_ignores_secrets_too_short_to_be_one(short: str) -> None:
    redaction = Redaction()
    redaction.hide(short)
    assert redaction("a cab-12") == "a cab-12"
