"""A house with a tool of every risk, on a clock that the test sets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Final

from myna.redaction import Redaction
from myna.tools.answer import Answer
from myna.tools.consent import Consent
from myna.tools.registry import Registry
from myna.tools.tool import Result, Risk, Tool
from myna.trace import Trace

SECRET: Final = "open sesame 7"  # noqa: S105 - nobody's


class House:
    """Tools with every risk, and what they did."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.done: list[object] = []
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        self.thread_gate = threading.Event()
        self.thread_gate.set()
        self.began_on_thread = threading.Event()
        self.consent = Consent(Trace())
        self.asking = asyncio.Event()
        self.consent.watch(self._note_question)
        redaction = Redaction()
        redaction.hide(SECRET)
        tools = [
            Tool.from_function(self.open_gate, risk="confirm", per_minute=3),
            Tool.from_function(self.open_door, risk="confirm"),
            Tool.from_function(self.stop_heating, risk="never-by-voice"),
            Tool.from_function(self.dim, risk=self.risk_of_dim, per_minute=5),
            Tool.from_function(self.read, is_reading=True, per_minute=2),
            Tool.from_function(self.wait),
        ]
        self.registry = Registry(tools, lambda: self.now_s, self.consent, redact=redaction)

    async def open_gate(self, minutes: int = 1, word: str = "") -> Result:
        """Open the gate.

        Args:
            minutes: For how long.
            word: Which the gate knows.
        """
        self.done.append(("gate", minutes))
        return {"minutes": minutes}

    def open_door(self) -> Result:
        """Open the door, on a thread."""
        self.began_on_thread.set()
        self.thread_gate.wait(10)
        self.done.append(("door", threading.current_thread().name))
        return {}

    async def stop_heating(self) -> Result:
        """Stop the heating."""
        self.done.append("heating")
        return {}

    async def dim(self, level: int) -> Result:
        """Dim the lamp.

        Args:
            level: How bright.
        """
        self.done.append(("dim", level))
        return {"level": level}

    @staticmethod
    def risk_of_dim(values: Mapping[str, object]) -> Risk:
        """Tell it by the level; of 4 and more it makes a mess."""
        risks: dict[object, Risk] = {1: "safe", 2: "confirm", 3: "never-by-voice"}
        return risks.get(values["level"], "confrim")  # type: ignore[arg-type]  # what is tested

    async def read(self) -> Result:
        """Read."""
        self.done.append("read")
        return {}

    async def wait(self) -> Result:
        """Wait at the gate."""
        self.began.set()
        await self.gate.wait()
        return {"waited": True}

    def _note_question(self, is_asking: bool) -> None:
        (self.asking.set if is_asking else self.asking.clear)()

    def call(self, name: str, **arguments: object) -> asyncio.Task[Answer]:
        """Let the model call."""
        return asyncio.create_task(self.registry.call(name, arguments))

    def command(self, name: str, **arguments: object) -> asyncio.Task[Answer]:
        """Let a person at a shell call."""
        return asyncio.create_task(self.registry.call(name, arguments, "command"))

    async def asked(self, name: str, **arguments: object) -> asyncio.Task[Answer]:
        """Call, and return once the user is asked."""
        call = self.call(name, **arguments)
        async with asyncio.timeout(5):
            await self.asking.wait()
        return call
