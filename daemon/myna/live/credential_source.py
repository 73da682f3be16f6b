"""Where each session's credential comes from, and when it is asked for anew.

| from | API key | ephemeral token |
| --- | --- | --- |
| systemd credential, variable, file | read anew for every session | the same |
| `live.key_command` | kept until the server refuses it | one for every fresh session |

A token is good for one session start by default, and resuming is not counted (Live API,
"Ephemeral tokens", `uses`): so a resumed session keeps the token that it began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from myna.config import LiveSettings
from myna.errors import CredentialError
from myna.live.credentials import Credential, find_credential
from myna.live.key_command import command_problem, run_key_command


class CredentialSource:
    """The key or token of the moment; lives in one event loop.

    Args:
        settings: `[live]`, for `key_file` and `key_command`.
        environ: The environment, secrets included (`secrecy.take_environment`).
        hide: Told every secret before anybody else gets it (`Redaction.hide`).
    """

    def __init__(
        self, settings: LiveSettings, environ: Mapping[str, str], hide: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._hide = hide
        self._one_at_a_time = asyncio.Lock()
        self._kept: Credential | None = None
        self._refused: Credential | None = None
        self._is_refused_again = False

    @property
    def can_refresh(self) -> bool:
        """Whether what comes next may be another credential than the one that was refused.

        A file or a variable must have changed. A command may always print another one,
        unless the server has just refused the same one twice. True before any refusal.
        """
        if self._refused is None:
            return True
        if self._settings.key_command is not None:
            return not self._is_refused_again
        try:
            found = find_credential(self._settings, self._environ)
        except CredentialError:
            return False
        return found.reveal() != self._refused.reveal()

    def check(self) -> None:
        """Look for a credential at start-up, without running a command.

        There a command would delay the start, and its token would be too old when
        somebody speaks: a new session must begin within a minute of its making.

        Raises:
            CredentialError: There is none, or the command's program is missing.
        """
        command = self._settings.key_command
        if command is None:
            self._hide(find_credential(self._settings, self._environ).reveal())
        elif (problem := command_problem(command, self._environ)) is not None:
            raise CredentialError(f"live.key_command: {problem}")

    async def current(self) -> Credential:
        """Return what a session would use, a command's from memory if it is known.

        Raises:
            CredentialError: There is none.
        """
        async with self._one_at_a_time:
            return self._kept or await self._found()

    def reusable(self) -> Credential | None:
        """Return a key that may be shown to the server for nothing, or None.

        For a session that may never begin no command is run, and no token is spent: one
        use may be all it has.
        """
        if self._settings.key_command is not None:
            return None
        try:
            found = find_credential(self._settings, self._environ)
        except CredentialError:
            return None
        if found.is_token:
            return None
        self._hide(found.reveal())
        return found

    async def for_session(self, *, is_resumption: bool) -> Credential:
        """Return the credential to open a session with.

        Args:
            is_resumption: Whether a session goes on by its handle, with its own token.

        Raises:
            CredentialError: There is none.
        """
        async with self._one_at_a_time:
            kept = self._kept
            if kept is not None and (is_resumption or not kept.is_token):
                return kept
            return await self._found()

    def expire(self, credential: Credential) -> None:
        """Forget `credential`: the server refused it, or its token is spent."""
        refused = self._refused
        self._is_refused_again = refused is not None and refused.reveal() == credential.reveal()
        self._refused = credential
        if self._kept is not None and self._kept.reveal() == credential.reveal():
            self._kept = None

    async def _found(self) -> Credential:
        command = self._settings.key_command
        if command is None:
            found = find_credential(self._settings, self._environ)
        else:
            found = self._kept = await run_key_command(command, self._environ)
        self._hide(found.reveal())
        return found
