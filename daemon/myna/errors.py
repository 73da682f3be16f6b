"""The errors of the brain.

    MynaError
      ConfigError(ValueError)       exit 78; lists every problem with its key
      NotRunningError               exit 69; no daemon behind the control socket
      CommandError                  exit 1; a command could not do what it was asked
      CredentialError               no usable API key
      LiveError
        ConnectError                the session could not be opened
        SessionClosedError          an open session ended
        LocalProtocolError          we broke the protocol: a bug of ours
        RemoteProtocolError         the peer broke the protocol
      WakeEngineError               an engine could not be created
      EchoCancellerError            a canceller's library is missing
      VoiceError                    voices cannot be told from noise
      McpServerError                a Model Context Protocol server is not to be used
      TimerStoreError               timers cannot be read from the disk, or not written
      BrokerError                   the MQTT broker cannot be used now
      PlayerError                   a music player is away, or refuses
      ToolError(name, spoken)       a tool failed; `spoken` is for the model
        ToolTimeoutError            it took too long

(`HardwareError` is the body's own tree.) Errors hold fields and write one readable
line, cure included, in `__str__`. No text ever holds a key or a URL's query.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class MynaError(Exception):
    """Anything that myna itself reports; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration.

    Attributes:
        key: Dotted key, `microphone.path`.
        text: What is wrong and what would be right.
        line: Line of the file, or None when the value came from elsewhere.
    """

    key: str
    text: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.key}: {self.text}" if self.key else f"{where}{self.text}"


class ConfigError(MynaError, ValueError):
    """The configuration cannot be used.

    Attributes:
        source: The file, or what else the values came from.
        problems: Every problem found, in the order of the file.
    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(source, problems)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {problem}" for problem in self.problems)


class NotRunningError(MynaError):
    """Nothing answers on the control socket."""

    def __init__(self, socket: str) -> None:
        super().__init__(socket)
        self.socket = socket

    def __str__(self) -> str:
        return (
            f"myna is not running (nobody answers on {self.socket}): "
            "start it with `systemctl start myna` or `myna run`"
        )


class CommandError(MynaError):
    """A command could not do what it was asked; the text says why."""


class CredentialError(MynaError):
    """There is no usable API key; the text says where one is looked for."""


class LiveError(MynaError):
    """Something about a Live session."""


class ConnectError(LiveError):
    """The session could not be opened.

    Attributes:
        problem: What went wrong, without any secret.
        is_network: True when the peer was never reached (no route, no name, refused,
            timeout); False when it answered and said no.
    """

    def __init__(self, problem: str, *, is_network: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_network = is_network


class SessionClosedError(LiveError):
    """An open session ended.

    Attributes:
        code: WebSocket close code; 1006 when there was no close frame.
        reason: The peer's words, possibly empty.
        by_peer: Whether the peer closed first.
    """

    def __init__(self, code: int, reason: str, *, by_peer: bool) -> None:
        super().__init__(code, reason, by_peer)
        self.code = code
        self.reason = reason
        self.by_peer = by_peer

    def __str__(self) -> str:
        who = "the server" if self.by_peer else "myna"
        return f"{who} closed the session with {self.code} {self.reason or '(no reason)'}"


class LocalProtocolError(LiveError):
    """We were about to break the protocol; a bug of ours."""


class RemoteProtocolError(LiveError):
    """The peer sent what no Live server sends."""


class WakeEngineError(MynaError):
    """A wake engine could not be created.

    Attributes:
        engine: Its name in `wake.engine`.
        problem: Why, with the cure, without any key.
    """

    def __init__(self, engine: str, problem: str) -> None:
        super().__init__(engine, problem)
        self.engine = engine
        self.problem = problem

    def __str__(self) -> str:
        return f"wake engine {self.engine}: {self.problem}"


class EchoCancellerError(MynaError):
    """An echo canceller cannot be used: its library is missing.

    Attributes:
        canceller: AEC3 or Speex.
        cure: What to install, as one types it.
    """

    def __init__(self, canceller: str, cure: str) -> None:
        super().__init__(canceller, cure)
        self.canceller = canceller
        self.cure = cure

    def __str__(self) -> str:
        return f"the echo canceller {self.canceller} is not installed: {self.cure}"


class VoiceError(MynaError):
    """The detector of voices does not load; loudness alone tells when somebody speaks."""

    def __str__(self) -> str:
        return "earshot does not load: pip install earshot (until then any loud sound is speech)"


class McpServerError(MynaError):
    """A Model Context Protocol server is not to be used, for now; the text says why."""


class TimerStoreError(MynaError):
    """Timers cannot be kept on the disk.

    Attributes:
        path: The database.
        problem: What the disk says.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return (
            f"{self.path} cannot be kept ({self.problem}): what is set is lost at the next start; "
            "see that state.dir names a folder on a disk with room, writable for the speaker"
        )


class BrokerError(MynaError):
    """The MQTT broker cannot be used now; the text says why, and the cure."""


class PlayerError(MynaError):
    """A music player did not do as it was asked.

    Attributes:
        problem: Why, without any secret or address of a station.
        is_away: True when it cannot be reached or does not answer; False when it
            answered and said no.
    """

    def __init__(self, problem: str, *, is_away: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_away = is_away

    def __str__(self) -> str:
        return self.problem


class ToolError(MynaError):
    """A tool could not do its work.

    Attributes:
        name: The tool.
        spoken: What the model is told, in words that it can pass on.
    """

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__(name, spoken)
        self.name = name
        self.spoken = spoken

    def __str__(self) -> str:
        return f"tool {self.name}: {self.spoken}"


class ToolTimeoutError(ToolError):
    """A tool did not finish within its time limit."""
