"""Google's own client is refused by the simulator, and understands why."""

from __future__ import annotations

from typing import Final

import pytest
from google.genai import errors, types

from myna.simulator.options import Options
from myna.simulator.script import Script
from myna.simulator.service import Simulator
from support.sdk_client import config, sdk_session

pytestmark = [
    pytest.mark.usefixtures("google_frames"),
    # It says so of every ephemeral token.
    pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental"),
]

NOTHING: Final = Script(turns=())


async def test_googles_client_is_told_that_a_handle_is_stale() -> None:
    stale = config(session_resumption=types.SessionResumptionConfig(handle="long-gone"))
    async with Simulator(NOTHING) as simulator:
        code, reason = await refusal(simulator, stale)

    assert (code, reason) == (1008, "BidiGenerateContent session not found")


async def test_googles_client_is_told_that_a_model_is_gone() -> None:
    async with Simulator(NOTHING) as simulator:
        code, reason = await refusal(simulator, model="gemini-2.0-flash-live-001")

    assert code == 1008
    assert reason.startswith("models/gemini-2.0-flash-live-001 is not found for API version v1beta")


async def test_googles_client_is_told_that_its_key_is_wrong() -> None:
    async with Simulator(NOTHING, options=Options(accepted_key="right")) as simulator:
        code, reason = await refusal(simulator, key="wrong")

    assert (code, reason) == (1007, "API key not valid. Please pass a valid API key.")


async def test_googles_client_is_told_that_a_field_is_unknown() -> None:
    async with Simulator(NOTHING) as simulator:
        code, reason = await refusal(simulator, config(proactivity={"proactive_audio": True}))

    assert code == 1007
    assert reason.startswith('Invalid JSON payload received. Unknown name "proactivity"')


async def test_googles_client_is_told_that_its_token_is_spent() -> None:
    token = {"key": "auth_tokens/0123", "version": "v1alpha"}
    async with Simulator(NOTHING, options=Options(token_uses=1)) as simulator:
        async with sdk_session(simulator.url, **token):
            pass
        code, reason = await refusal(simulator, **token)

    assert (code, reason) == (1011, "Token has been used too many times")


async def refusal(
    simulator: Simulator,
    wanted: types.LiveConnectConfig | None = None,
    **session: str,
) -> tuple[int, str]:
    """Return the code and the words with which a session is refused."""
    with pytest.raises(errors.APIError) as refused:
        async with sdk_session(simulator.url, wanted, **session):
            raise AssertionError("the session was opened")
    return refused.value.code, str(refused.value.details)
