from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

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


@pytest.mark.parametrize("secret", ["pico/voice+key==", "seven77", "\x7f?>?>~~?>?>plain"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "&alt=1"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_redaction_masks_a_secret_anywhere_in_base64(
    secret: str, before: str, after: str, encode: Callable[[bytes], bytes]
) -> None:
    redaction = Redaction()
    redaction.hide(secret)
    encoded = encode(f"{before}{secret}{after}".encode()).decode()

    masked = redaction(f"frame {encoded} end")

    left = masked.removeprefix("frame ").removesuffix(" end").split(MASK)
    assert len(left) == 2
    assert len(left[0]) <= 4  # the letters of `before`, and one that both share
    assert left[1] == "" or after or left[1].strip("=") == "" or len(left[1]) <= 3


def test_redaction_masks_a_token_as_our_url_has_it() -> None:
    redaction = Redaction()
    redaction.hide("token/of+another/kind")
    assert redaction(f"?t={quote('token/of+another/kind')}") == f"?t={MASK}"


@pytest.mark.parametrize("text", ["?access_token=canary-secret", "x-goog-api-key: canary-secret"])
def test_redaction_leaves_what_is_masked_as_it_is(text: str) -> None:
    redaction = Redaction()
    redaction.hide("canary-secret")
    masked = redaction(text)
    assert masked == text.replace("canary-secret", MASK)
    assert redaction(masked) == masked


def test_password_is_masked_however_many_tokens_follow() -> None:
    redaction = Redaction()
    redaction.hide("of the broker")
    for number in range(1000):
        redaction.hide(f"auth_tokens/{number:024}")
    assert redaction("password of the broker") == f"password {MASK}"
    assert len(redaction._secrets) < 20, "spent tokens pile up"


def test_redaction_forgets_the_oldest_of_very_many_secrets() -> None:
    redaction = Redaction()
    for number in range(1000, 1200):
        redaction.hide(f"canary-{number}")
    assert redaction("canary-1199 canary-1000") == f"{MASK} canary-1000"
