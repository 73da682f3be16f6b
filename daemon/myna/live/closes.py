"""What the end of a session means, and what to do next.

PURE. Theory of operation: close codes are overloaded, so code and reason are read
together, top to bottom, and the first matching row wins. Reasons are Google's
words, cut at 123 bytes; they are matched anywhere, whatever the case.
Rules for editing: a row needs an observed reason (Live API close codes as seen in
livekit/agents, google/adk-python and googleapis/js-genai); narrow rows stand
above wide ones; the rows with an empty pattern are each code's last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from myna.errors import ConnectError, LiveError, LocalProtocolError, SessionClosedError
from myna.live.errors import UpgradeRefusedError

Next = Literal["end", "retry", "fresh", "give-up"]
Kind = Literal["done", "network", "server", "session", "key", "quota", "model", "location", "bug"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a session ended.

    Attributes:
        next: "end": nothing, it was wanted. "retry": connect again, with growing delays,
            resuming if possible. "fresh": once more, without the old history. "give-up":
            not before a person has changed something.
        kind: Whose trouble it is.
        spoken: One sentence for a person.
    """

    next: Next
    kind: Kind
    spoken: str


DONE: Final = Verdict("end", "done", "The conversation is over.")
NETWORK: Final = Verdict("retry", "network", "I can't reach the internet right now.")
SERVER: Final = Verdict("retry", "server", "The service is having trouble right now.")
SESSION: Final = Verdict("fresh", "session", "I lost the thread and start afresh.")
BUSY: Final = Verdict("retry", "quota", "The limit of the account is reached for now.")
BILLING: Final = Verdict("give-up", "quota", "The budget of the account is used up.")
KEY: Final = Verdict("give-up", "key", "The API key is not accepted.")
TOKEN: Final = Verdict("give-up", "key", "The access token is used up; a new one is needed.")
LOCATION: Final = Verdict("give-up", "location", "The service is not available in this country.")
MODEL: Final = Verdict("give-up", "model", "The configured model does not exist or cannot do this.")
ENDPOINT: Final = Verdict("give-up", "server", "What live.endpoint names is not a Live server.")
BUG: Final = Verdict("give-up", "bug", "The service does not understand this version of myna.")
SIGN_IN: Final = Verdict("retry", "network", "The network asks for a sign-in or a proxy.")


@dataclass(frozen=True, slots=True)
class _Row:
    code: int | None
    pattern: str
    verdict: Verdict

    def matches(self, code: int, reason: str) -> bool:
        has_code = self.code is None or self.code == code
        return has_code and re.search(self.pattern, reason, re.IGNORECASE) is not None


_ANY_CODE: Final = (
    _Row(None, r"api key (not valid|expired|not found)|unregistered callers", KEY),
    _Row(None, r"user location is not supported", LOCATION),
)
_OPENING_ONLY: Final = (
    # Before setupComplete a bad argument is a field that the model does not take;
    # later it is the history, which a fresh session does not have (livekit#5985).
    _Row(1007, r"invalid argument|not supported|non-audio request", MODEL),
)
_ROWS: Final = (
    _Row(1000, "", SERVER),
    _Row(1001, "", SERVER),
    _Row(1005, "", SERVER),
    _Row(1006, "", NETWORK),
    _Row(1007, r"invalid json payload|setup must be|is deprecated|thinking level", BUG),
    _Row(1007, r"scheduling is not supported", BUG),
    _Row(1007, "", SESSION),
    _Row(1008, r"models/.* is not found|not supported for bidigeneratecontent", MODEL),
    _Row(1008, r"operation is not implemented|(entity was|session) not found", SESSION),
    _Row(1008, "", SERVER),
    _Row(1009, "", SESSION),
    _Row(1011, r"token has been used too many times", TOKEN),
    _Row(1011, r"spending cap|prepayment|billing", BILLING),
    _Row(1011, r"quota|resource.exhausted", BUSY),
    _Row(1011, r"keepalive ping timeout", NETWORK),
)

_STATUSES: Final = {
    400: ENDPOINT,
    401: KEY,
    403: KEY,
    404: ENDPOINT,
    407: SIGN_IN,
    408: SERVER,
    429: BUSY,
}
_STATUS_CLASSES: Final = {2: SIGN_IN, 3: SIGN_IN, 4: ENDPOINT}
"""A network that answers 200 or a redirect in Google's name wants a sign-in."""


def judge(error: LiveError, *, was_ready: bool) -> Verdict:
    """Say what to do after `error`.

    Args:
        error: What ended the session, or kept it from opening.
        was_ready: Whether the server had accepted the setup.
    """
    match error:
        case SessionClosedError(by_peer=False, code=1000):
            return DONE
        case SessionClosedError():
            return judge_close(error.code, error.reason, was_ready=was_ready)
        case UpgradeRefusedError():
            return judge_status(error.status)
        case ConnectError():
            return NETWORK if error.is_network else SERVER
        case LocalProtocolError():
            return BUG
        case _:
            return SESSION


def judge_close(code: int, reason: str, *, was_ready: bool) -> Verdict:
    """Say what to do after a close that we did not want.

    Args:
        code: WebSocket close code, 1006 when there was no close frame.
        reason: The close frame's words.
        was_ready: Whether the server had accepted the setup.
    """
    rows = _ANY_CODE + (() if was_ready else _OPENING_ONLY) + _ROWS
    return next((row.verdict for row in rows if row.matches(code, reason)), SERVER)


def judge_status(status: int) -> Verdict:
    """Say what to do after an HTTP status other than 101."""
    return _STATUSES.get(status) or _STATUS_CLASSES.get(status // 100, SERVER)
