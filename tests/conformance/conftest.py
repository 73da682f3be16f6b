"""Judges that are not ours: Google's schema, Google's types, and Google's client.

What they prove: both our client and our simulator write frames that Google's public
v1beta protobuf schema reads without an unknown field, a wrong enum or a second member
of a oneof (`support/schema_oracle.py`); that the pydantic types of google-genai, which
are newer and forbid unknown keys, read them too; and that google-genai itself can hold
a conversation with the simulator. A mistake that client and simulator make together
shows here, because these three share no code with either.

What they do not prove: that the server says yes. Nobody here called it. The schema is
older than the server, so the fields that it lacks are added from documents and from
other people's measurements, each with its source; the types are more lenient than the
server (wrong enums only warn, `transparent` passes); the client never sends some of what
we send. What single models refuse is known from reports only, and is tested elsewhere,
against the simulator's table of models.

All of it comes with the dev dependencies and is imported by this folder only.
"""

from __future__ import annotations

import pytest
from google.genai import live

from support import sdk_client

_OWN_VARIABLES = ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI")


@pytest.fixture
def google_frames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let google-genai reach a server without TLS; return what it will send.

    It is to know nothing of this machine, so a key in the environment is hidden from it.
    """
    for name in _OWN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    frames: list[str] = []
    monkeypatch.setattr(live, "ws_connect", sdk_client.recorded_in(frames))
    return frames
