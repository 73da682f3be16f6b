"""Ways to break a frame. All chance comes from the `Random` that is passed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeAlias

from support.server_corpus import MESSAGES

Frame: TypeAlias = bytes | str
Mutation: TypeAlias = Callable[[Random, bytes], bytes]

SEEDS: Final = tuple(json.dumps(message).encode() for message in MESSAGES)
HUGE_RATIO: Final = 1 / 2_000
"""Frames of a mebibyte are rare: they take a thousand times as long as others."""
TWICE_RATIO: Final = 1 / 8
TEXT_RATIO: Final = 1 / 8
_VALUES: Final[tuple[object, ...]] = (
    *(None, True, 0, -1, 2**31, -(2**63), 2**64, 10**400, 0.5, 1e308),
    *(float("nan"), float("-inf")),
    *("", "\0", "\u202e\ufeff", "\U0001f99c" * 20, "IN_PROGRESS"),
    *("50s", "-1s", "999999999999s", "1e9s", "1.0000000001s"),
    *("audio/pcm;rate=0", "audio/pcm;rate=48000", "audio/opus", "audio/", "image/png"),
    *("AAA", "A===", "====", "AA-_", "AAE\n", "AAEC"),
    *([], [[]], {}, {"": None}, [None, None]),
    {"ids": "x", "text": 1, "parts": {}, "data": [], "name": None},
)
WRONG: Final = tuple(json.dumps(value) for value in _VALUES)
BAD_TEXT: Final = (
    *(b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xfe"),
    *(b"\\ud800", b"\\udfff", b"\\ud83e\\ud83e", b"\\u0000", b"\\u12", b"\\x", b'"', b"\\"),
)
NUMBERS: Final = (b"NaN", b"-Infinity", b"1e999", b"-0", b"01", b"0x1", b"1e", b"9" * 400, b"1_0")


def mutant(random: Random) -> tuple[str, Frame]:
    """Return the name of a mutation, and a frame that it broke."""
    choices = HUGE if random.random() < HUGE_RATIO else MUTATIONS
    mutation = random.choice(choices)
    frame = mutation(random, random.choice(SEEDS))
    if choices is MUTATIONS and random.random() < TWICE_RATIO:
        frame = random.choice(BYTEWISE)(random, frame)
    return mutation.__name__, _spelled(random, frame)


def _spelled(random: Random, frame: bytes) -> Frame:
    """Return a text frame now and then; websockets has decoded those."""
    if random.random() < TEXT_RATIO:
        return frame.decode("utf-8", "replace")
    return frame


# --- of bytes ---------------------------------------------------------------------------


def flip_bits(random: Random, frame: bytes) -> bytes:
    """Turn one to eight bits."""
    broken = bytearray(frame)
    for _ in range(random.randint(1, 8)):
        broken[random.randrange(len(broken))] ^= 1 << random.randrange(8)
    return bytes(broken)


def truncate(random: Random, frame: bytes) -> bytes:
    """Cut off the end."""
    return frame[: random.randrange(len(frame))] or b" "


def splice(random: Random, frame: bytes) -> bytes:
    """Go on in the middle of another message."""
    other = random.choice(SEEDS)
    return frame[: random.randrange(len(frame))] + other[random.randrange(len(other)) :]


def repeat_piece(random: Random, frame: bytes) -> bytes:
    """Say some piece of it several times."""
    start = random.randrange(len(frame))
    end = random.randint(start, len(frame))
    return frame[:start] + frame[start:end] * random.randint(2, 5) + frame[end:]


def break_text(random: Random, frame: bytes) -> bytes:
    """Put invalid UTF-8, a lone surrogate or a bad escape somewhere."""
    at = random.randrange(len(frame))
    return frame[:at] + random.choice(BAD_TEXT) + frame[at:]


def break_string(random: Random, frame: bytes) -> bytes:
    """The same, at the start of some string or key."""
    return _at_some(random, frame, b'"', random.choice(BAD_TEXT))


def break_number(random: Random, frame: bytes) -> bytes:
    """Put what is no JSON number, or no sane one, where a value begins."""
    return _at_some(random, frame, b": ", random.choice(NUMBERS) + b', "x": ')


def duplicate_keys(random: Random, frame: bytes) -> bytes:
    """Put the members of another message, or of the same, into some object."""
    other = random.choice((frame, *SEEDS))[1:-1]
    return _at_some(random, frame, b"{", other + b"," if other else b"")


def _at_some(random: Random, frame: bytes, mark: bytes, inserted: bytes) -> bytes:
    """Insert behind one of the `mark`s in the frame; at its end where there is none."""
    at = frame.find(mark, random.randrange(len(frame)))
    at = len(frame) if at < 0 else at + len(mark)
    return frame[:at] + inserted + frame[at:]


# --- of structure -----------------------------------------------------------------------


def wrong_value(random: Random, frame: bytes) -> bytes:
    """Give one to three members values that they cannot have."""
    tree = json.loads(frame)
    for _ in range(random.randint(1, 3)):
        _replace_some(random, tree, json.loads(random.choice(WRONG)))
    return _dumped(tree)


def mixed_members(random: Random, frame: bytes) -> bytes:
    """Bundle several messages into one frame."""
    tree = json.loads(frame)
    for other in random.sample(SEEDS, 3):
        tree |= json.loads(other)
    return _dumped(tree)


def moved_subtree(random: Random, frame: bytes) -> bytes:
    """Put a whole message where some value was."""
    tree = json.loads(frame)
    _replace_some(random, tree, json.loads(random.choice(SEEDS)))
    return _dumped(tree)


def _replace_some(random: Random, tree: Any, value: object) -> None:  # noqa: ANN401 - JSON
    """Walk down at random, and replace what is there."""
    while tree:
        key = random.choice(list(tree)) if isinstance(tree, dict) else random.randrange(len(tree))
        if not isinstance(tree[key], dict | list) or random.random() < 0.2:
            tree[key] = value
            return
        tree = tree[key]


def _dumped(tree: object) -> bytes:
    """Return JSON, with what JSON does not have: NaN and Infinity."""
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


# --- of size ----------------------------------------------------------------------------


def long_string(random: Random, frame: bytes) -> bytes:
    """A string of a mebibyte, in some string."""
    return _at_some(random, frame, b'"', random.choice(b"A \0").to_bytes(1, "big") * 2**20)


def deep_nesting(random: Random, frame: bytes) -> bytes:
    """A hundred thousand brackets, where a value begins."""
    opening, closing = random.choice(((b"[", b"]"), (b'{"parts":', b"}"), (b'{"x":', b"}")))
    deep = opening * 100_000 + b"1" + closing * random.choice((0, 100_000))
    return _at_some(random, frame, b": ", deep + b', "x": ')


def long_number(random: Random, frame: bytes) -> bytes:
    """A number of 900,000 digits, where a value begins."""
    return _at_some(random, frame, b": ", b"9" * 900_000 + b', "x": ')


def many_members(random: Random, frame: bytes) -> bytes:
    """A mebibyte of empty objects in a list."""
    return _at_some(random, frame, b": ", b"[" + b"{}," * 300_000 + b'{}], "x": ')


BYTEWISE: Final[tuple[Mutation, ...]] = (
    flip_bits,
    truncate,
    splice,
    repeat_piece,
    break_text,
    break_string,
    break_number,
    duplicate_keys,
)
MUTATIONS: Final[tuple[Mutation, ...]] = (*BYTEWISE, wrong_value, mixed_members, moved_subtree)
HUGE: Final[tuple[Mutation, ...]] = (long_string, deep_nesting, long_number, many_members)
