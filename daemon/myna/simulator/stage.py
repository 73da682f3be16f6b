"""What the turns of one connection work with."""

from __future__ import annotations

from dataclasses import dataclass

from myna.simulator.memory import Memory
from myna.simulator.options import Options
from myna.simulator.outbox import Outbox
from myna.simulator.state import Connection


@dataclass(frozen=True, slots=True)
class Stage:
    """One connection, as a turn sees it.

    Attributes:
        outbox: Where to send.
        record: What the client has sent so far.
        memory: The session, which may outlive this connection.
        options: Oddities of this server.
    """

    outbox: Outbox
    record: Connection
    memory: Memory
    options: Options
