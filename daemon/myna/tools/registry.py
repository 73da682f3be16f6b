"""All the tools of this speaker: declare them, and run what is called."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from myna.errors import ToolError, ToolTimeoutError
from myna.redaction import redact
from myna.tools.answer import Answer, failed, succeeded
from myna.tools.audit import Redact, audit_line, call_line
from myna.tools.consent import Consent
from myna.tools.declaration import Declaration
from myna.tools.execution import Execution, checked, granted_risk, heard, problem_of
from myna.tools.rules import ToolRule
from myna.tools.running import MOST_AT_ONCE, Runner
from myna.tools.shelf import Offered, Shelf
from myna.tools.tool import Result, Tool

BUILT_IN: Final = "myna"
"""The source of the tools that come with the speaker."""

NO_RULES: Final[Mapping[str, ToolRule]] = MappingProxyType({})

Caller: TypeAlias = Literal["model", "command"]
"""Who calls: the model, or a person at a shell of this machine."""

_audit: Final = logging.getLogger("myna.audit")

_Offered: TypeAlias = Offered[Execution]


class Registry:
    """The tools by name; lives in one event loop."""

    def __init__(
        self,
        tools: Iterable[Tool] = (),
        clock: Callable[[], float] = time.monotonic,
        consent: Consent | None = None,
        rules: Mapping[str, ToolRule] = NO_RULES,
        redact: Redact = redact,
    ) -> None:
        """Collect the tools that come with the speaker.

        Args:
            tools: In the order in which the model is told of them.
            clock: Monotonic, in seconds.
            consent: Asks for a yes; without it what needs one is refused.
            rules: What the configuration says of single tools, by name.
            redact: Masks secrets in what is written down of a call.

        Raises:
            ValueError: Two tools have the same name.
        """
        self._clock = clock
        self._consent = consent
        self._redact = redact
        self._shelf: Shelf[Execution] = Shelf(rules)
        self._runner = Runner()
        self._tasks: set[asyncio.Task[Answer]] = set()
        twice = self.offer(BUILT_IN, tools)
        if twice:
            raise ValueError(f"two tools are called {', '.join(twice)}")

    def offer(self, source: str, tools: Iterable[Tool]) -> list[str]:
        """Replace all the tools of `source`; the model hears of them with the next session.

        Returns:
            The names that were refused, because they were taken.
        """
        return self._shelf.offer(source, tools)

    def follow(self, rules: Mapping[str, ToolRule]) -> None:
        """Obey other rules; the model hears of them with the next session."""
        self._shelf.follow(rules)

    @property
    def offered(self) -> list[tuple[str, Tool]]:
        """Every tool with its source, those that the model may not know of, too."""
        return [(offered.source, offered.tool) for offered in self._shelf]

    @property
    def idle_rules(self) -> list[str]:
        """The names for which there is a rule, and has been no tool so far."""
        return self._shelf.idle_rules

    def declarations(self) -> tuple[Declaration, ...]:
        """Return what the model is told."""
        return tuple(tool.declaration for _, tool in self.offered if tool.is_for_model)

    async def call(
        self, name: str, arguments: Mapping[str, object], caller: Caller = "model"
    ) -> Answer:
        """Run a tool and say what came of it; whatever goes wrong is said to the caller.

        A call of the model that repeats one of the last 30 s is answered from memory
        (`tools.memory` has the rules); one that repeats a call under way waits for the same
        answer. A command always runs, and answers no call of the model.
        Cancelled, it cancels a coroutine tool, or the wait for a yes, that nobody else
        waits for, and the next such call runs; a plain function runs to its end unheard,
        and is remembered.

        Args:
            name: As it was sent.
            arguments: As they were sent.
            caller: Who calls; the risk of a tool concerns the model only.
        """
        answer = None
        try:
            answer = await self._answered(name, arguments, caller)
        finally:
            self._note(caller, name, arguments, answer)
        return answer

    def refuse(self, name: str, arguments: Mapping[str, object], why: str) -> Answer:
        """Answer a call of the model that is not to run, because of `why`."""
        answer = failed(why, 0.0)
        self._note("model", name, arguments, answer)
        return answer

    def _note(
        self, caller: Caller, name: str, arguments: Mapping[str, object], answer: Answer | None
    ) -> None:
        call = call_line(name, arguments, self._redact)
        _audit.info("%s", audit_line(caller, call, answer, self._redact))

    async def _answered(self, name: str, arguments: Mapping[str, object], caller: Caller) -> Answer:
        start_s = self._clock()
        offered = self._shelf.find(name)
        try:
            execution, is_repeat = self._recall_or_start(name, arguments, caller, start_s)
        except Exception as error:  # noqa: BLE001 - tool dispatch: the model is told
            answer = failed(problem_of(name, error), self._ms_since(start_s))
        else:
            answer = await heard(execution)
            if is_repeat:
                answer = replace(answer, ms=self._ms_since(start_s), is_repeat=True)
        return answer if offered is None else replace(answer, scheduling=offered.tool.scheduling)

    def _recall_or_start(
        self, name: str, arguments: Mapping[str, object], caller: Caller, now_s: float
    ) -> tuple[Execution, bool]:
        """Return what will answer the call, and whether that was there before."""
        offered = self._found(name, caller)
        tool = offered.tool
        values = checked(tool, arguments)
        needs_yes = caller == "model" and granted_risk(tool, values) == "confirm"
        memory = offered.memory
        if memory is None:
            return self._start(offered, Execution(tool, values, now_s, needs_yes)), False
        call = (name, tool.arguments.canonical(values))
        run = memory.recall(call, now_s) if caller == "model" else None
        if run is not None:
            return run.what, True
        execution = self._start(offered, Execution(tool, values, now_s, needs_yes))
        begun = memory.begin(call, execution, now_s)
        if caller == "model":
            execution.run = begun
        else:
            begun.forget()
        return execution, False

    def _found(self, name: str, caller: Caller) -> _Offered:
        def may_call(offered: _Offered) -> bool:
            return caller == "command" or offered.tool.is_for_model

        offered = self._shelf.find(name)
        if offered is not None and may_call(offered):
            return offered
        known = ", ".join(one.tool.name for one in self._shelf if may_call(one))
        raise ToolError(name, f"There is no tool {name!r}. The tools are: {known or 'none'}")

    def _start(self, offered: _Offered, execution: Execution) -> Execution:
        name = execution.tool.name
        if len(self._tasks) >= MOST_AT_ONCE:
            spoken = (
                f"{name} was not run: {MOST_AT_ONCE} calls are under way. "
                "Wait for their answers, then call it again"
            )
            raise ToolError(name, spoken)
        wait_s = offered.allowance.take(execution.start_s)
        if wait_s:
            spoken = f"{name} was not run: it may run {execution.tool.per_minute} times a minute"
            raise ToolError(name, f"{spoken}, so in {wait_s} s again. Tell the user so")
        task = asyncio.create_task(self._run(execution), name=f"tool {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        execution.task = task
        return execution

    async def _run(self, execution: Execution) -> Answer:
        result: Result | None = None
        is_remembered = True
        try:
            if execution.needs_yes:
                await self._ask(execution)
            result = await self._runner.run(execution.tool, execution.values)
            answer = succeeded(result, self._ms_since(execution.start_s))
        # A tool is anybody's code, and its failure must not end the conversation.
        except Exception as error:  # noqa: BLE001 - tool dispatch: logged and told there
            problem = problem_of(execution.tool.name, error)
            answer = failed(problem, self._ms_since(execution.start_s))
            is_remembered = isinstance(error, ToolTimeoutError)
        if execution.run is not None:
            # Results may be large; only what `stands` asks for is kept.
            kept = result if execution.tool.stands is not None else None
            execution.run.end(execution.start_s + answer.ms / 1000, kept)
            if not is_remembered:
                execution.run.forget()
        return answer

    async def _ask(self, execution: Execution) -> None:
        name = execution.tool.name
        if self._consent is None:
            raise ToolError(name, f"{name} was not run: nobody here can say yes to it")
        await self._consent.ask(name, call_line(name, execution.values, self._redact))
        execution.needs_yes = False

    def _ms_since(self, start_s: float) -> float:
        return round((self._clock() - start_s) * 1000, 1)
