"""The physician: what the end of a session means, and what to do next.

PURE. Theory of operation: close codes are overloaded, so code, reason and phase are
read together, top to bottom, and the first matching row wins. Reasons are Google's
words, cut at 123 bytes; they are matched anywhere, whatever the case. `recovery.py`
carries a verdict out: when, how often, and with which history.

Rules for editing: a row needs an observed reason (Live API close codes as seen in
livekit/agents, google/adk-python and googleapis/js-genai); narrow rows stand above
wide ones; the rows with an empty pattern are each code's last word, and what no row
knows is a server in trouble.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from myna.errors import (
    ConnectError,
    CredentialError,
    LiveError,
    LocalProtocolError,
    SessionClosedError,
)
from myna.live.errors import CertificateError, UpgradeRefusedError

Next = Literal["end", "resume", "seeded", "fresh", "plain", "renew", "wait", "give-up"]
Reached = Literal["done", "server", "session", "key", "quota", "model", "location", "bug"]
Unreached = Literal["network", "sign-in", "clock"]
Kind = Reached | Unreached

UNREACHED: Final[frozenset[Kind]] = frozenset({"network", "sign-in", "clock"})
"""Kinds of trouble with which the server itself was not reached."""


class Phase(Enum):
    """How far a connection had come when it ended."""

    OPENING = "opening"
    """A new session, before `setupComplete`."""

    RESUMING = "resuming"
    """A session that is continued with its handle, before `setupComplete`."""

    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a session ended.

    Attributes:
        next: "end": nothing, it was wanted. "resume": continue it on a new connection.
            "seeded": a fresh session that is told what was said. "fresh": one that is
            told nothing, because the history is what broke it. "plain": the same without
            optional features. "renew": with a new credential. "wait": not for a while.
            "give-up": not before a person has changed something.
        kind: Whose trouble it is.
        spoken: One sentence for a person.
        limit: How often in a row this is worth trying.
        resumes: How often of that by resuming; then by a fresh session that is told what
            was said.
    """

    next: Next
    kind: Kind
    spoken: str
    limit: int = 6
    resumes: int = 4


_SERVER: Final = "The service is having trouble right now."
_LOST: Final = "I lost the thread and start afresh."
_STRANGE: Final = "The service does not understand this version of myna."

DONE: Final = Verdict("end", "done", "The conversation is over.")
NETWORK: Final = Verdict("resume", "network", "I can't reach the internet right now.", 1000, 1000)
SIGN_IN: Final = Verdict("resume", "sign-in", "The network asks for a sign-in or a proxy.")
CLOCK: Final = Verdict("resume", "clock", "The clock seems to be wrong.", 1000, 1000)
SERVER: Final = Verdict("resume", "server", _SERVER)
UNASKED: Final = Verdict("resume", "server", _SERVER, limit=2, resumes=1)
RELAY: Final = Verdict("resume", "session", "The connection is being renewed.")
STALLED: Final = Verdict("resume", "server", "The service does not answer.", limit=3, resumes=1)
MUTE: Final = Verdict("seeded", "session", _LOST, limit=3)
STALE: Final = Verdict("seeded", "session", _LOST, limit=3)
TANGLED: Final = Verdict("fresh", "session", _LOST, limit=2)
BUG: Final = Verdict("seeded", "bug", _STRANGE, limit=1)
REFUSED: Final = Verdict("plain", "model", "The configured model cannot do this.", limit=2)
MODEL: Final = Verdict("give-up", "model", "The configured model does not exist or cannot do this.")
BUSY: Final = Verdict("wait", "quota", "The limit of the account is reached for now.")
BILLING: Final = Verdict("give-up", "quota", "The budget of the account is used up.")
KEY: Final = Verdict("renew", "key", "The API key is not accepted.", limit=1)
NO_KEY: Final = Verdict("give-up", "key", "There is no key that could be used.")
TOKEN: Final = Verdict("renew", "key", "The access token is used up; a new one is needed.", limit=1)
LOCATION: Final = Verdict("give-up", "location", "The service is not available in this country.")
ENDPOINT: Final = Verdict("give-up", "server", "What live.endpoint names is not a Live server.")


@dataclass(frozen=True, slots=True)
class _Row:
    code: int | None
    pattern: str
    verdict: Verdict
    phases: frozenset[Phase] = frozenset(Phase)

    def matches(self, code: int, reason: str, phase: Phase) -> bool:
        fits = self.code in {None, code} and phase in self.phases
        return fits and re.search(self.pattern, reason, re.IGNORECASE) is not None


_OPENING: Final = frozenset({Phase.OPENING})
_RESUMING: Final = frozenset({Phase.RESUMING})
_UNREADY: Final = _OPENING | _RESUMING

ROWS: Final = (
    _Row(None, r"api key (not valid|expired|not found)|unregistered callers", KEY),
    _Row(None, r"token (has )?(been used|expired)", TOKEN),
    _Row(None, r"user location is not supported", LOCATION),
    _Row(1000, "", UNASKED),
    _Row(1001, "", SERVER),
    _Row(1005, "", SERVER),
    _Row(1006, "", NETWORK),
    # Our own mistake: the same setup is never sent again; a message that broke an open
    # session is not sent again either, because a new session does not repeat it.
    _Row(1007, r"invalid json payload|must be|is deprecated", REFUSED, _UNREADY),
    _Row(1007, r"not supported for|non-audio", REFUSED, _UNREADY),
    _Row(1007, r"invalid json payload|setup must be|is deprecated|not supported for", BUG),
    # Before setupComplete a bad argument is a field that the model does not take, or a
    # handle that it does not know; later it is the history, which must not come back
    # (livekit#5985).
    _Row(1007, "", REFUSED, _OPENING),
    _Row(1007, "", STALE, _RESUMING),
    _Row(1007, "", TANGLED),
    _Row(1008, r"models/.* is not found|not supported for bidigeneratecontent", MODEL),
    _Row(1008, r"session not found", STALE),
    _Row(1008, r"entity was not found", STALE),
    # Around tool calls of 2.5 (js-genai#1236): a resumed session goes on at once.
    _Row(1008, r"operation is not implemented", UNASKED),
    _Row(1008, r"goaway", RELAY),
    _Row(1008, "", SERVER),
    _Row(1009, "", STALE),
    _Row(1011, r"spending cap|prepayment", BILLING),
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
_UNTIMELY: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED (X509_STORE_CTX_get_error(3)).
Google renews its certificates in time, so that it is our clock. Any other certificate that
does not verify is that of somebody who stands between."""

_STATUS_CLASSES: Final = {2: SIGN_IN, 3: SIGN_IN, 4: ENDPOINT}
"""A network that answers 200 or a redirect in Google's name wants a sign-in."""


def judge(error: LiveError | CredentialError, phase: Phase) -> Verdict:  # noqa: PLR0911 - one line per error
    """Say what to do after `error`.

    Args:
        error: What ended the session, or kept it from opening.
        phase: How far it had come.
    """
    match error:
        case CredentialError():
            return NO_KEY
        case SessionClosedError(by_peer=False, code=1000):
            return DONE
        case SessionClosedError():
            return judge_close(error.code, error.reason, phase)
        case UpgradeRefusedError():
            return judge_status(error.status)
        case CertificateError():
            return CLOCK if error.code in _UNTIMELY else SIGN_IN
        case ConnectError():
            return NETWORK if error.is_network else SERVER
        case LocalProtocolError():
            return BUG
        case _:
            return STALE


def judge_close(code: int, reason: str, phase: Phase) -> Verdict:
    """Say what to do after a close that we did not want.

    Args:
        code: WebSocket close code, 1006 when there was no close frame.
        reason: The close frame's words.
        phase: How far the connection had come.
    """
    return next((row.verdict for row in ROWS if row.matches(code, reason, phase)), SERVER)


def judge_status(status: int) -> Verdict:
    """Say what to do after an HTTP status other than 101."""
    return _STATUSES.get(status) or _STATUS_CLASSES.get(status // 100, SERVER)
