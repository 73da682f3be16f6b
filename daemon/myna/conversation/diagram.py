"""The state diagram of the README, drawn from the table (Mermaid).

PURE. `python -m myna.conversation.diagram` prints it; a test keeps README equal.
What all conversing states have in common is drawn once, from the box around them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from myna.conversation.states import (
    Connecting,
    Listening,
    Speaking,
    State,
    Thinking,
    name_of,
)
from myna.conversation.table import TABLE

BOX = "conversation"
_BOXED: tuple[type[State], ...] = (Connecting, Listening, Thinking, Speaking)

Arrow = tuple[str, str, str]


def _arrows() -> Iterator[Arrow]:
    for state, rows in TABLE.items():
        for event, row in rows.items():
            for target in row.targets:
                if target is not state:
                    yield name_of(state), name_of(target), event.__name__


def _merged() -> Iterator[Arrow]:
    arrows = list(_arrows())
    boxed = [name_of(state) for state in _BOXED]
    seen = set(arrows)
    for source, target, event in arrows:
        is_common = source in boxed and all((one, target, event) in seen for one in boxed)
        if not is_common:
            yield source, target, event
        elif source == boxed[0]:
            yield BOX, target, event


def draw() -> str:
    """Return the diagram: one arrow per pair of states, labelled with its events."""
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, target, event in _merged():
        labels[source, target].append(event)
    box = "\n".join(f"        {name_of(state)}" for state in _BOXED)
    lines = [
        f"    {source} --> {target}: {', '.join(events)}"
        for (source, target), events in labels.items()
    ]
    head = ["stateDiagram-v2", f"    state {BOX} {{", box, "    }", "    [*] --> idle"]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    print(draw(), end="")  # noqa: T201  # a generator's only job
