"""The doctor's findings as a table in the terminal. Only that command needs rich."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from myna.redaction import redact

if TYPE_CHECKING:
    from myna.doctor.finding import Finding, Verdict

STYLES: Final[dict[Verdict, str]] = {
    "ok": "green",
    "warn": "yellow",
    "fail": "bold red",
    "skipped": "dim",
}


def show(findings: Iterable[Finding], console: Console | None = None) -> list[Finding]:
    """Print the findings as they come; return them.

    Args:
        findings: One after the other, each after the time that measuring takes.
        console: Where to; None for standard output.
    """
    console = console or Console()
    table = Table("part", "verdict", "measured, and the cure", expand=False)
    shown: list[Finding] = []
    with Live(console=console, refresh_per_second=4, vertical_overflow="visible") as live:
        for finding in findings:
            shown.append(finding)
            style = STYLES[finding.verdict]
            table.add_row(finding.part, Text(finding.verdict, style), _words(finding))
            live.update(table)
    if not console.is_terminal:
        console.print()
    console.print(_summary(shown))
    return shown


def _words(finding: Finding) -> Text:
    """What others have said stands there as text, never as markup."""
    words = Text(redact(finding.measured), "dim" if finding.verdict == "skipped" else "")
    if finding.cure:
        words.append(f"\n{finding.cure}", "cyan")
        words.append(f"\n{finding.anchor}", "dim")
    return words


def _summary(findings: Iterable[Finding]) -> Text:
    counts = Counter(each.verdict for each in findings)
    if counts["fail"]:
        return Text(f"{counts['fail']} of these do not work.", STYLES["fail"])
    if counts["warn"]:
        return Text(f"It works; {counts['warn']} of these could be better.", STYLES["warn"])
    return Text("All is well.", STYLES["ok"])
