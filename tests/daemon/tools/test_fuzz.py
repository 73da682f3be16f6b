"""Random calls of every tool that comes with the speaker, with real gpiozero devices.

Whatever the model sends: no handler is called outside of what its tool declares, and every
call gets one answer that the server takes.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from myna.tools.answer import RESPONSE_LIMIT_BYTES, Answer
from myna.tools.consent import Consent
from myna.tools.registry import Registry
from myna.tools.tool import Tool
from myna.trace import Trace
from support.every_tool import CALLS, EVERY_NAME, every_tool

FITTING: Final = (
    *("lamp", "reading lamp", "strip", "bell", "garage", "heater", "radio", "all", "true", "50"),
    *("07:30", "2026-11-27T07:30", "25:99", "monday", "daily", "; rm -rf /", "../../etc/passwd"),
)
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
"""JSON has no halves of letters."""

WORDS: Final = st.sampled_from(FITTING) | TEXT | st.text("\n\x00ä😀'\"{")
NUMBERS: Final = (
    st.integers(-3, 103)
    | st.floats()
    | st.sampled_from([10**18, 2**63, -(10**40), 10**400, 0.5, 99.5, 86_401])
)
ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)
HUGE: Final[dict[str, object]] = {
    "text": "x" * 900_000,
    "emoji": "😀" * 200_000,
    "list": ["x"] * 100_000,
    "table": {str(key): key for key in range(10_000)},
    "number": 10**4000,
}
NAMES: Final = ("Set_Output", "set_output ", "", "__init__", "eval", "x" * 100_000, "\n\x00")
STRAY_KEYS: Final = ("self", "__class__", "path", "url", "command", "timeout_s", "")


def calls(tools: list[Tool]) -> SearchStrategy[tuple[str, dict[str, object]]]:
    """Return calls that nearly fit, and such as fit nothing."""
    near = [st.tuples(st.just(tool.name), arguments_of(tool)) for tool in tools]
    wild = st.tuples(
        st.sampled_from([*NAMES, *(tool.name for tool in tools)]) | TEXT,
        st.dictionaries(st.sampled_from(STRAY_KEYS) | WORDS, ANYTHING, max_size=3),
    )
    return st.one_of(*near, *near, wild)


def arguments_of(tool: Tool) -> SearchStrategy[dict[str, object]]:
    declared: Any = tool.declaration.parameters
    properties = declared.get("properties", {})
    required = set(declared.get("required", ()))
    values = {name: near(schema) | near(schema) | ANYTHING for name, schema in properties.items()}
    strays = {key: ANYTHING for key in STRAY_KEYS if key not in properties}
    return st.fixed_dictionaries(
        {name: values[name] for name in values if name in required},
        optional={name: values[name] for name in values if name not in required},
    ) | st.fixed_dictionaries({}, optional={**values, **strays})


def near(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Return values that fit a schema, or miss it by a little."""
    if "anyOf" in schema:
        return st.one_of(*map(near, schema["anyOf"]))
    low, high = schema.get("minimum", -5), schema.get("maximum", 500)
    match schema["type"]:
        case "integer":
            return st.integers(low - 1, high + 1) | st.floats(low - 1, high + 1)
        case "number":
            return st.floats(low - 1, high + 1) | st.integers(int(low) - 1, int(high) + 1)
        case "boolean":
            return st.booleans() | st.sampled_from(["true", "false", 0, 1])
        case "array":
            return st.lists(WORDS, max_size=3)
    return WORDS


class Oracle:
    """Every tool, with somebody who looks at what it is really called with.

    Attributes:
        called: How often each was run.
        strays: What was wrong with what they were called with.
    """

    def __init__(self, tools: list[Tool]) -> None:
        self.called: dict[str, int] = {}
        self.strays: list[str] = []
        self.now_s = 0.0
        self.tools = tools
        consent = Consent(Trace())
        consent.watch(lambda is_asking: self._say_yes(consent) if is_asking else None)
        self.registry = Registry([self._watched(tool) for tool in tools], self._clock, consent)

    def _clock(self) -> float:
        """Let every call be the first one for a long time."""
        self.now_s += 61
        return self.now_s

    @staticmethod
    def _say_yes(consent: Consent) -> None:
        asyncio.get_running_loop().call_soon(consent.grant)

    def _watched(self, tool: Tool) -> Tool:
        hints = get_type_hints(tool.function, include_extras=True)
        signature = inspect.signature(tool.function)

        def look(values: Mapping[str, object]) -> None:
            self.called[tool.name] = self.called.get(tool.name, 0) + 1
            signature.bind(**values)
            self.strays += [
                f"{tool.name}: {name}={value!r}"
                for name, value in values.items()
                if not is_of(value, hints[name], tool.declaration.parameters["properties"], name)
            ]

        return replace(tool, function=watched(tool.function, look))


def watched(
    function: Callable[..., Any], look: Callable[[Mapping[str, object]], None]
) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def in_loop(**values: object) -> object:
            look(values)
            return await function(**values)

        return in_loop

    @functools.wraps(function)
    def on_thread(**values: object) -> object:
        look(values)
        return function(**values)

    return on_thread


def is_of(value: object, hint: object, declared: Any, name: str) -> bool:  # noqa: ANN401
    """Tell whether a value is of a type, and within the limits that the model was told."""
    try:
        same = msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError:
        return False
    if type(same) is not type(value) or not msgspec.json.encode(value):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        limits = declared[name]
        low, high = limits.get("minimum", -math.inf), limits.get("maximum", math.inf)
        return math.isfinite(value) and low <= value <= high
    return True


def check(answer: Answer) -> None:
    assert answer.response.keys() in ({"output"}, {"error"})
    assert json.loads(json.dumps(answer.response, allow_nan=False)) == answer.response
    assert len(msgspec.json.encode(answer.response)) <= RESPONSE_LIMIT_BYTES
    assert "failed inside" not in str(answer.response.get("error", ""))


@asynccontextmanager
async def oracle(folder: Path) -> AsyncIterator[Oracle]:
    async with every_tool(folder) as tools:
        yield Oracle(tools)


class Run:
    """An oracle that lives for as long as a test, on a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self._context = oracle(folder)
        self.oracle = self.runner.run(self._context.__aenter__())

    def call(self, name: str, arguments: Mapping[str, object]) -> Answer:
        """Call as the model does."""
        return self.runner.run(self.oracle.registry.call(name, arguments))

    def close(self) -> None:
        """End it."""
        self.runner.run(self._context.__aexit__(None, None, None))
        self.runner.close()


@pytest.fixture
def run(tmp_path: Path) -> Any:  # noqa: ANN401
    run = Run(tmp_path)
    yield run
    run.close()


QUICK: Final = settings(
    max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_no_handler_is_called_outside_its_schema(run: Run) -> None:
    @QUICK
    @given(calls(run.oracle.tools))
    def send(call: tuple[str, dict[str, object]]) -> None:
        check(run.call(*call))
        assert run.oracle.strays == []

    for name in EVERY_NAME:
        check(run.call(name, CALLS.get(name, {})))
    assert run.oracle.called.keys() == set(EVERY_NAME), "each is reached by what fits"
    send()


@pytest.mark.parametrize("kind", HUGE)
def test_huge_argument_reaches_no_handler_that_does_not_take_it(run: Run, kind: str) -> None:
    for tool in run.oracle.tools:
        properties: Any = tool.declaration.parameters.get("properties", {})
        for name in (*properties, "stray"):
            check(run.call(tool.name, {name: HUGE[kind]}))
    check(run.call("no_such_tool", {kind: HUGE[kind]}))
    assert run.oracle.strays == []


def test_arguments_as_deep_as_a_message_may_hold_are_refused(run: Run) -> None:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    for tool in run.oracle.tools:
        properties: Any = tool.declaration.parameters.get("properties", {})
        for name in (*properties, "stray"):
            answer = run.call(tool.name, {name: deep})
            check(answer)
            told = answer.response["error"]
            assert f"{name}: is too deep" in told or "there is no argument 'stray'" in told
    assert run.oracle.strays == []
