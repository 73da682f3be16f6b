"""Whether the server opens a session for the key of this speaker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from myna.doctor.finding import Finding, fail, ok, skipped, warn
from myna.errors import CredentialError, LiveError
from myna.line.dialler import Dialler
from myna.live.closes import ENDPOINT, Phase, judge


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """How a session was opened, or was not.

    Attributes:
        outcome: "open", "token" (nothing was tried), "absent", "endpoint" (no Live
            server), or whose trouble it is (`live/closes.py`).
        said: What the error says.
        ms: How long it took.
    """

    outcome: str
    said: str = ""
    ms: int = 0


async def measure_key(dialler: Dialler) -> KeyFigures:
    """Open a session as a conversation does, and close it; not one word is sent.

    A token is good for one session, and is not spent on this.
    """
    began_s = time.monotonic()
    try:
        is_open = await dialler.try_out()
    except CredentialError as error:
        return KeyFigures("absent", str(error))
    except LiveError as error:
        verdict = judge(error, Phase.OPENING)
        return KeyFigures("endpoint" if verdict == ENDPOINT else verdict.kind, str(error))
    if not is_open:
        return KeyFigures("token")
    return KeyFigures("open", ms=round(1000 * (time.monotonic() - began_s)))


_AILMENTS: Final = {
    "absent": "key-is-missing",
    "key": "key-is-refused",
    "quota": "quota-is-used-up",
    "model": "model-is-refused",
    "location": "service-is-not-offered-here",
    "endpoint": "endpoint-is-no-live-server",
}


def judge_key(figures: KeyFigures) -> Finding:
    """Say what the outcome means."""
    match figures.outcome:
        case "open":
            return ok("key", f"a session opened in {figures.ms} ms")
        case "token":
            return skipped("key", "an access token, good for one session, was not spent on this")
        case "network":
            return skipped("key", f"the network comes first: {figures.said}")
        case outcome if outcome in _AILMENTS:
            return fail("key", _AILMENTS[outcome], figures.said)
        case _:
            return warn("key", "service-has-trouble", figures.said)
