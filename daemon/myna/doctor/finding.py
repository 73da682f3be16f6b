"""What the doctor finds. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from myna.doctor.ailments import AILMENTS

Verdict: TypeAlias = Literal["ok", "warn", "fail", "skipped"]
PAGE: Final = "docs/troubleshooting.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        part: What was looked at.
        verdict: How it is; "skipped" where it could not be looked at.
        measured: What was measured, in words.
        ailment: What is wrong, a key of `AILMENTS`; None where nothing is.
    """

    part: str
    verdict: Verdict
    measured: str
    ailment: str | None = None

    def __post_init__(self) -> None:
        """Refuse an ailment that the page does not tell of."""
        if self.ailment is not None:
            AILMENTS[self.ailment]

    @property
    def cure(self) -> str:
        """What to do about it; empty where nothing is wrong."""
        return "" if self.ailment is None else AILMENTS[self.ailment].cure

    @property
    def anchor(self) -> str:
        """Where more is said about it; empty where nothing is wrong."""
        return "" if self.ailment is None else f"{PAGE}#{self.ailment}"

    def as_json(self) -> dict[str, str]:
        """Return it for scripts."""
        return {
            "part": self.part,
            "verdict": self.verdict,
            "measured": self.measured,
            "cure": self.cure,
            "anchor": self.anchor,
        }


def ok(part: str, measured: str) -> Finding:
    """All is well."""
    return Finding(part, "ok", measured)


def skipped(part: str, why: str) -> Finding:
    """It was not looked at, and need not be."""
    return Finding(part, "skipped", why)


def warn(part: str, ailment: str, measured: str) -> Finding:
    """It works, and could be better, or soon will not."""
    return Finding(part, "warn", measured, ailment)


def fail(part: str, ailment: str, measured: str) -> Finding:
    """It does not work."""
    return Finding(part, "fail", measured, ailment)
