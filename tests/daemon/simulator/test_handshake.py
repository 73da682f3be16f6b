from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from myna.simulator.options import Options
from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.raw_client import KEY, PATH, raw_client, setup_message

SILENT = Script(turns=(Turn(on="text"),))
TOKEN_PATH = PATH.replace("v1beta", "v1alpha") + "Constrained"
UNREGISTERED = "Method doesn't allow unregistered callers (callers without established identity)."


@pytest.mark.parametrize(
    ("path", "headers", "credential"),
    [
        (PATH, KEY, "header"),
        (PATH + "?key=abc", {}, "query"),
        (PATH.replace("v1beta", "v1"), KEY, "header"),
        (TOKEN_PATH + "?access_token=auth_tokens/abc", {}, "token"),
        (TOKEN_PATH, {"Authorization": "Token auth_tokens/abc"}, "token"),
    ],
)
async def test_simulator_accepts_every_documented_credential(
    path: str, headers: dict[str, str], credential: str
) -> None:
    async with Simulator(SILENT) as simulator, raw_client(simulator.url, path, headers) as client:
        await client.send(setup_message())

        assert await client.hear() == {"setupComplete": {}}
        assert simulator.state.last.credential == credential


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {}),
        (PATH + "?key=", {}),
        (PATH + "?access_token=auth_tokens/abc", {}),
        (TOKEN_PATH, {}),
        (TOKEN_PATH + "?key=abc", KEY),
        (TOKEN_PATH, {"Authorization": "Bearer abc"}),
    ],
)
async def test_simulator_closes_1008_when_the_credential_is_missing_or_of_the_other_kind(
    path: str, headers: dict[str, str]
) -> None:
    async with Simulator(SILENT) as simulator, raw_client(simulator.url, path, headers) as client:
        code, reason = await client.closing()

    assert code == 1008
    assert reason.startswith(UNREGISTERED)
    assert len(reason.encode()) == 123


async def test_simulator_closes_1007_after_the_setup_when_the_key_is_wrong() -> None:
    options = Options(accepted_key="right")
    async with (
        Simulator(SILENT, options=options) as simulator,
        raw_client(simulator.url, headers={"x-goog-api-key": "wrong"}) as client,
    ):
        await client.send(setup_message())

        assert await client.closing() == (
            1007,
            "API key not valid. Please pass a valid API key.",
        )
        assert simulator.state.last.setup is not None


async def test_simulator_accepts_the_accepted_key_only_and_never_shows_it() -> None:
    options = Options(accepted_key="right")
    async with (
        Simulator(SILENT, options=options) as simulator,
        raw_client(simulator.url, headers={"x-goog-api-key": "right"}) as client,
    ):
        await client.send(setup_message())

        assert await client.hear() == {"setupComplete": {}}
        assert "right" not in repr(options) + repr(simulator.state.last)


@pytest.mark.parametrize(
    "path", ["/", PATH + "Typo", PATH.replace("v1beta", "v2"), "/ws" + PATH, PATH + "/"]
)
async def test_simulator_answers_404_when_the_path_is_wrong(path: str) -> None:
    async with Simulator(SILENT) as simulator:
        with pytest.raises(InvalidStatus) as refused:
            async with raw_client(simulator.url, path):
                pass

    assert refused.value.response.status_code == 404
    assert not simulator.state.connections


async def test_simulator_closes_1007_when_a_query_parameter_is_unknown() -> None:
    async with (
        Simulator(SILENT) as simulator,
        raw_client(simulator.url, PATH + "?key=a&model=b") as client,
    ):
        code, reason = await client.closing()

    assert code == 1007
    assert reason.startswith(
        'Invalid JSON payload received. Unknown name "model": Cannot bind query parameter.'
    )


async def test_simulator_refuses_a_client_that_does_not_wait_for_setup_complete() -> None:
    options = Options(setup_delay_s=5.0)
    async with Simulator(SILENT, options=options) as simulator, raw_client(simulator.url) as client:
        await client.send(setup_message())
        await client.send({"realtimeInput": {"text": "too early"}})

        assert await client.closing() == (1007, "Request contains an invalid argument.")
        closed = simulator.state.last.closed

    assert closed is not None
    assert "before setupComplete" in closed.why
