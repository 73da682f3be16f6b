from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from myna.redaction import MASK, Redaction
from myna.tools.answer import Answer, failed
from myna.tools.audit import LIMIT, audit_line, call_line

GOOGLE_KEY: Final = "AIza" + "SyA1234567890abcdefghijklmnopqrstuv"
ODD_WORDS: Final = 'brückÿ "and" \\ more'
"""A secret that is no key by its looks, with letters that JSON escapes."""

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def hiding(secret: str) -> Redaction:
    redaction = Redaction()
    redaction.hide(secret)
    return redaction


def test_call_line_reads_as_a_person_writes_a_call() -> None:
    assert call_line("set_output", {"name": "Küche", "on": True, "level": None}) == (
        'set_output(name="Küche", on=true, level=null)'
    )
    assert call_line("get_time", {}) == "get_time()"


def test_call_line_is_one_line_whatever_comes() -> None:
    line = call_line("a\nb\x1b[31m", {"key\n": "x\ny\u2028\ud800", "list": [1, {"\n": "\r"}]})
    assert line == r'a?b?[31m(key?="x\ny??", list=[1, {"\n": "\r"}])'


def test_call_line_cuts_what_is_long() -> None:
    line = call_line("n" * 500, {"k" * 500: "v" * 5000, "w": "x"})
    assert line == f'{"n" * 79}…({"k" * 39}…="{"v" * (LIMIT - 43)}…)'


def test_call_line_tells_that_there_was_something_that_cannot_be_written() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert call_line("f", {"x": endless}) == "f(x=?)"


def test_call_line_takes_what_a_checked_argument_may_be() -> None:
    assert call_line("f", {"x": (1, {2: b"ab"}), "y": {3}}) == 'f(x=[1, {"2": "b\'ab\'"}], y="{3}")'


@given(st.text(), st.dictionaries(st.text(), JSON))
def test_call_line_is_short_and_printable(name: str, arguments: dict[str, object]) -> None:
    line = call_line(name, arguments)
    assert line.isprintable()
    assert len(line) <= 80 + LIMIT + 2


@given(st.integers(0, 2 * LIMIT), st.sampled_from([GOOGLE_KEY, ODD_WORDS]))
def test_audit_line_holds_no_part_of_a_secret_wherever_it_is_cut(before: int, secret: str) -> None:
    redaction = hiding(secret)
    text = "x" * before + " " + secret + " and so on"
    values: dict[str, object] = {"text": text}
    nested: dict[str, object] = {"list": [{"text": text, secret: 1}]}
    line = " ".join(
        audit_line("model", call_line("f", arguments, redaction), failed(text, 0.0), redaction)
        for arguments in (values, nested, {secret: 1})
    )
    line += call_line(secret, {}, redaction)
    assert MASK in line
    assert secret[:6] not in line


def test_audit_line_masks_what_looks_like_a_key_without_being_told() -> None:
    assert call_line("f", {"x": GOOGLE_KEY}) == f'f(x="{MASK}")'
    assert GOOGLE_KEY not in audit_line("model", "f()", failed(GOOGLE_KEY, 0.0))


def test_audit_line_tells_what_came_of_the_call() -> None:
    output = {"output": {"on": True}}
    assert audit_line("model", "f()", Answer(output, 12.0)) == "model: f(): done (12 ms)"
    again = Answer(output, 0.1, is_repeat=True)
    assert audit_line("model", "f()", again) == "model: f(): done before (0.1 ms)"
    refused = failed("f was not run:\nno", 0.2)
    told = "command: f(): not done: f was not run:?no (0.2 ms)"
    assert audit_line("command", "f()", refused) == told
    assert audit_line("model", "f()", None) == "model: f(): cancelled"
