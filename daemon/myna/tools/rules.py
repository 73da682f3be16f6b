"""What the configuration says of single tools: `[tools.rules.NAME]`.

PURE. The owner of the house has the last word on every tool, wherever it comes from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from msgspec import Meta

from myna.tools.tool import Risk, RiskOf, Tool
from myna_hardware.settings import Section

_STRICTNESS: Final[tuple[Risk, ...]] = ("safe", "confirm", "never-by-voice")
_STRICTEST: Final = _STRICTNESS[-1]

NOTE: Final = (
    "It needs a yes on the speaker itself: call it, and at once ask the user to press the "
    "button on the speaker. Only the answer tells whether it was done."
)
"""What the model is told of a tool that needs a yes."""


class ToolRule(Section, frozen=True):
    """One rule; what is left out stays as the tool brings it.

    Attributes:
        is_offered: Whether it is there at all.
        risk: See `myna.tools.tool.Risk`.
        per_minute: How often it may run within a minute.
        timeout_s: How long it may take.
    """

    is_offered: bool = True
    risk: Risk | None = None
    per_minute: Annotated[int, Meta(ge=1, le=600)] | None = None
    timeout_s: Annotated[float, Meta(gt=0, le=30)] | None = None


def ruled(tool: Tool, rule: ToolRule | None) -> Tool | None:
    """Return `tool` as the rule wants it and the model is told of it; None without it."""
    if rule is not None:
        if not rule.is_offered:
            return None
        tool = replace(
            tool,
            risk=_ruled_risk(tool.risk, rule.risk),
            per_minute=rule.per_minute or tool.per_minute,
            timeout_s=rule.timeout_s or tool.timeout_s,
        )
    needs_yes = tool.risk == "confirm" or (rule is not None and rule.risk == "confirm")
    return _introduced_with_care(tool) if needs_yes else tool


def _ruled_risk(own: Risk | RiskOf, rule: Risk | None) -> Risk | RiskOf:
    """Return the risk of a tool under a rule.

    Where it depends on the arguments, as with outputs that have a risk each, a rule for the
    tool as a whole makes single calls stricter, never laxer.
    """
    if rule is None:
        return own
    if not callable(own) or rule == _STRICTEST:
        return rule
    return lambda values: max(own(values), rule, key=_STRICTNESS.index)


def _introduced_with_care(tool: Tool) -> Tool:
    """Let the model talk on while the user is asked, and tell it the outcome at once."""
    declaration = replace(
        tool.declaration,
        description=f"{tool.declaration.description}\n{NOTE}",
        behavior="NON_BLOCKING",
    )
    return replace(tool, declaration=declaration, scheduling=tool.scheduling or "INTERRUPT")
