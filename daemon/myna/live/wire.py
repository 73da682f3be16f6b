"""What all messages are made of, in both directions.

PURE. Field names are the reference's in snake_case and travel in camelCase; what is
None is left out, because the server refuses `null` (strands-agents/harness-sdk#1999).
"""

from __future__ import annotations

from msgspec import Struct


class Wire(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of everything on the wire; unknown keys are ignored on receipt."""


class Empty(Wire, frozen=True):
    """`{}`: a feature switched on with nothing to say about it, or an object unread."""


class Blob(Wire, frozen=True):
    """Media; `data` travels as base64."""

    mime_type: str
    data: bytes
