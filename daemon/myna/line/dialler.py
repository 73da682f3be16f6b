"""Opens the sessions of a line: with which credential, and how each begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from myna.config import LiveSettings
from myna.line.route import has_default_route
from myna.line.spare import Spare
from myna.live.beginning import Beginning
from myna.live.connection import LiveSession, open_session
from myna.live.credential_source import CredentialSource
from myna.live.credentials import Credential
from myna.live.endpoint import is_on_this_machine
from myna.live.messages import FunctionDeclaration
from myna.live.reach import can_reach
from myna.live.websocket import trust


@dataclass(frozen=True, slots=True)
class Offer:
    """What every session of this speaker is opened with.

    Attributes:
        settings: `[live]`.
        declarations: Returns the tools that the model may call; servers bring and take some.
        has_camera: Whether stills may be sent.
    """

    settings: LiveSettings
    declarations: Callable[[], Sequence[FunctionDeclaration]]
    has_camera: bool


class Dialler:
    """Opens one session after another.

    Args:
        offer: What each is opened with.
        source: Where keys and tokens come from.
        spare: Opens connections ahead; None where that is not wanted.
    """

    def __init__(self, offer: Offer, source: CredentialSource, spare: Spare | None = None) -> None:
        self._offer = offer
        self._source = source
        self._spare = spare
        self._last: Credential | None = None

    def prepare(self) -> None:
        """Read, on a thread, what the first call would have to wait for otherwise."""
        if self._offer.settings.endpoint.startswith("wss:"):
            Thread(target=trust, name="authorities", daemon=True).start()

    def renew(self) -> bool:
        """The last key or token was refused; return whether there may be another one."""
        if self._last is not None:
            self._source.expire(self._last)
        return self._source.can_refresh

    def open_ahead(self, *, is_called: bool) -> None:
        """Open a connection for a session that may follow; see `spare.py`."""
        if self._spare is not None:
            self._spare.open(is_called=is_called)

    async def close(self) -> None:
        """Close what was opened ahead."""
        if self._spare is not None:
            await self._spare.close()

    async def try_out(self) -> bool:
        """Open a session and close it, to see whether one opens; a token is not spent on it.

        Returns:
            Whether it was tried.

        Raises:
            LiveError, CredentialError: It did not open.
        """
        credential = await self._source.current()
        if credential.is_token:
            return False
        offer = self._offer
        session = await open_session(
            offer.settings, credential, offer.declarations(), has_camera=offer.has_camera
        )
        await session.close()
        return True

    def has_way(self) -> bool:
        """Say whether there is any way to the server, as far as this machine knows."""
        return is_on_this_machine(self._offer.settings.endpoint) or has_default_route()

    async def can_reach(self) -> bool:
        """Say whether the server answers at all, without a key."""
        return await can_reach(self._offer.settings)

    async def dial(self, beginning: Beginning, carried_calls: Mapping[str, str]) -> LiveSession:
        """Open a session.

        Args:
            beginning: How it begins.
            carried_calls: Calls that the session it resumes had made.

        Raises:
            LiveError, CredentialError: It did not open.
        """
        self._last = await self._source.for_session(is_resumption=bool(beginning.handle))
        ahead = None if self._spare is None else await self._spare.take(self._last)
        session = await open_session(
            self._offer.settings,
            self._last,
            self._offer.declarations(),
            has_camera=self._offer.has_camera,
            beginning=beginning,
            carried_calls=carried_calls,
            spare=ahead,
        )
        if self._spare is not None and ahead is not None:
            self._spare.settle(is_used=session.is_on(ahead))
        return session
