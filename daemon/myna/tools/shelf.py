"""What tools there are: each by its name, from whom it is, and what it did lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from myna.tools.allowance import Allowance
from myna.tools.memory import Memory
from myna.tools.rules import ToolRule, ruled
from myna.tools.tool import Tool

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Offered(Generic[T]):
    """One tool on the shelf.

    Attributes:
        tool: As the rules of the configuration want it.
        source: Who offers it.
        allowance: How often it may still run.
        memory: What it did lately; None for a tool that reads.
    """

    tool: Tool
    source: str
    allowance: Allowance
    memory: Memory[T] | None


class Shelf(Generic[T]):
    """The tools; those of a source can be replaced while the speaker runs.

    Args:
        rules: By the tool's name.
    """

    def __init__(self, rules: Mapping[str, ToolRule]) -> None:
        self._rules = rules
        self._idle_rules = set(rules)
        self._brought: dict[str, tuple[Tool, ...]] = {}
        self._offered: dict[str, Offered[T]] = {}
        self._withdrawn: dict[str, Offered[T]] = {}
        self._shared: Memory[T] = Memory()

    def __iter__(self) -> Iterator[Offered[T]]:
        """Go through the tools in the order in which they were offered."""
        return iter(tuple(self._offered.values()))

    @property
    def idle_rules(self) -> list[str]:
        """The names for which there is a rule, and has been no tool so far."""
        return sorted(self._idle_rules)

    def find(self, name: str) -> Offered[T] | None:
        """Return the tool of that name."""
        return self._offered.get(name)

    def offer(self, source: str, tools: Iterable[Tool]) -> list[str]:
        """Replace all the tools of `source`.

        Returns:
            The names that were refused, because another source, or this one, has taken them.
        """
        self._brought[source] = tuple(tools)
        for name in [name for name, offered in self._offered.items() if offered.source == source]:
            self._withdrawn[name] = self._offered.pop(name)
        return [tool.name for tool in self._brought[source] if not self._put(source, tool)]

    def follow(self, rules: Mapping[str, ToolRule]) -> None:
        """Put out all tools anew, by other rules."""
        self._rules = rules
        self._idle_rules = set(rules)
        for source, tools in tuple(self._brought.items()):
            self.offer(source, tools)

    def _put(self, source: str, tool: Tool) -> bool:
        self._idle_rules.discard(tool.name)
        if tool.name in self._offered:
            return False
        chosen = ruled(tool, self._rules.get(tool.name))
        if chosen is not None:
            self._offered[tool.name] = self._with_its_past(source, chosen)
        return True

    def _with_its_past(self, source: str, tool: Tool) -> Offered[T]:
        """A server that comes and goes gains no new allowance by it."""
        allowance = Allowance(tool.per_minute)
        past = self._withdrawn.pop(tool.name, None)
        if past is not None and past.source == source and past.tool.per_minute == tool.per_minute:
            allowance = past.allowance
        memory = None if tool.is_reading else Memory(tool.stands) if tool.stands else self._shared
        return Offered(tool, source, allowance, memory)
