"""The connection to a real broker: in the clear, over TLS, refused, killed, frozen."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace as replace_pace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from myna.errors import BrokerError
from myna.mqtt import broker as broker_module
from myna.mqtt.broker import PART, READING, Listener
from myna.mqtt.client import Message
from myna.mqtt.pace import Pace
from myna.mqtt.settings import MqttSettings
from support.authority import Authority
from support.broker import PASSWORD, USER, broker, house
from support.mqtt_end import QUICK, Watch, broker_for, running, settings_for
from support.mqtt_words import CONNECT, SUBSCRIBE, WELCOME, answering, goodbye, suback


async def test_broker_tells_what_it_was_told_before_it_was_connected(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other:
        ours = broker_for(settings_for(at, tmp_path), Watch())
        ours.tell("myna/kitchen/volume", "30")
        ours.tell("myna/kitchen/volume", "40")
        async with running(ours):
            heard = await other.wait("myna/kitchen/volume")
            assert (heard.payload, heard.qos) == ("40", 1)
            await other.wait("myna/kitchen/availability", "online")
        await other.wait("myna/kitchen/availability", "offline")
        async with house(at) as later:
            assert (await later.wait("myna/kitchen/availability", "offline")).is_retained
    assert [heard.payload for heard in other.heard if "volume" in heard.topic] == ["40"]


async def test_broker_retains_what_is_told_and_sends_orders_unretained(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as first:
        watch = Watch()
        ours = broker_for(settings_for(at, tmp_path), watch)
        ours.tell("myna/kitchen/state", "idle")
        async with running(ours):
            await first.wait("myna/kitchen/state")
            await ours.send("lamp/set", "ON", retain=False)
            await ours.send("fan/set", "ON", retain=True)
            await first.wait("fan/set")
            async with house(at) as second:
                await second.wait("myna/kitchen/state")
                await second.wait("fan/set")
    assert {heard.topic for heard in second.heard if heard.is_retained} == {
        "myna/kitchen/state",
        "myna/kitchen/availability",
        "fan/set",
    }


async def test_broker_speaks_tls_and_shows_its_own_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    identity, own = authority.issue("broker"), authority.issue("speaker")
    async with broker(tmp_path / "b", identity, trusts=authority.certificate) as at:
        settings = settings_for(
            at,
            tmp_path,
            tls=True,
            ca_file=authority.certificate,
            certificate_file=own.certificate,
            key_file=own.key,
        )
        watch = Watch()
        async with running(broker_for(settings, watch)):
            await at.logged("as myna-kitchen")
    assert watch.history == []


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ({"username": "nobody"}, "mqtt.username"),
        ({"host": "no-such-host.invalid"}, "correct mqtt.host"),
        ({"host": "a..b"}, "correct mqtt.host"),
        ({"port": 9}, "nobody listens there"),
        ({"tls": True}, "mqtt.tls be as it wants"),
    ],
)
async def test_broker_says_once_why_it_is_not_reached(
    tmp_path: Path, change: dict[str, Any], cure: str
) -> None:
    async with broker(tmp_path / "b") as at:
        watch = Watch()
        settings = settings_for(at, tmp_path, **change)
        async with running(broker_for(settings, watch)):
            assert cure in await watch.degraded()
            await watch.attempted(3)
    assert watch.history == [("degraded", PART)]


@pytest.mark.parametrize(("steady_s", "attempts"), [(1e9, [0, 1, 2, 3]), (-1.0, [0, 0, 0, 0])])
async def test_broker_waits_longer_after_each_attempt_but_not_after_a_good_connection(
    monkeypatch: pytest.MonkeyPatch, steady_s: float, attempts: list[int]
) -> None:
    counted: list[int] = []

    def count(_ladder_s: tuple[float, ...], attempt: int, _chance: float) -> float:
        counted.append(attempt)
        return 0.0

    monkeypatch.setattr(broker_module, "delay", count)
    watch = Watch()
    pace = replace_pace(QUICK, steady_s=steady_s)
    async with running(broker_for(MqttSettings(host="127.0.0.1", port=9), watch, pace)):
        await watch.attempted(5)
    assert counted[:4] == attempts


async def test_broker_trusts_its_own_authority_only_and_names_only_as_they_stand(
    tmp_path: Path,
) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    for identity, why in (
        (stranger.issue("broker"), "mqtt.ca_file must name the authority"),
        (authority.issue("other", "DNS:other.example"), "mqtt.host must be a name that stands"),
    ):
        async with broker(tmp_path / "b", identity) as at:
            settings = settings_for(at, tmp_path, tls=True, ca_file=authority.certificate)
            watch = Watch()
            async with running(broker_for(settings, watch)):
                assert why in await watch.degraded()


async def test_broker_in_the_clear_says_that_a_tls_port_does_not_answer(tmp_path: Path) -> None:
    async with broker(tmp_path / "b", Authority(tmp_path).issue("broker")) as at:
        watch = Watch()
        async with running(broker_for(settings_for(at, tmp_path), watch)):
            assert "mqtt.tls" in await watch.degraded()


@pytest.mark.parametrize("files", ["ca_file", "certificate_file"])
async def test_broker_says_which_file_cannot_be_used(tmp_path: Path, files: str) -> None:
    identity = Authority(tmp_path).issue("speaker")
    (tmp_path / "junk").write_text("junk")
    settings = MqttSettings(
        host="127.0.0.1",
        tls=True,
        certificate_file=identity.certificate,
        key_file=identity.key,
    )
    for path, why in ((tmp_path / "none", "No such file"), (tmp_path / "junk", "junk")):
        watch = Watch()
        async with running(broker_for(replace(settings, **{files: path}), watch)):
            told = await watch.degraded()
        assert f"mqtt.{files}" in told
        assert why in told


async def test_broker_comes_back_after_a_kill_and_tells_everything_again(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at:
        watch = Watch()
        ours = broker_for(settings_for(at, tmp_path), watch)
        ours.tell("myna/kitchen/state", "idle")
        async with running(ours):
            async with house(at) as before:
                await before.wait("myna/kitchen/state", "idle")
                await at.kill()
            await watch.degraded()
            assert not ours.is_connected
            ours.tell("myna/kitchen/state", "muted")
            await at.start()
            await watch.recovered()
            async with house(at) as after:
                await after.wait("myna/kitchen/state", "muted")
                await after.wait("myna/kitchen/availability", "online")
    assert watch.history == [("degraded", PART), ("recovered", PART)]


async def test_broker_notices_one_that_hangs_and_goes_on_with_it_later(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at:
        watch = Watch()
        waits_long = replace_pace(QUICK, answer_s=60.0)  # so only the keepalive notices
        ours = broker_for(settings_for(at, tmp_path), watch, waits_long)
        async with running(ours):
            async with house(at) as other:
                await other.wait("myna/kitchen/availability", "online")
            at.freeze()
            await watch.degraded()
            with pytest.raises(BrokerError, match="away"):
                await ours.send("lamp/set", "ON", retain=False)
            at.thaw()
            await watch.recovered()


async def test_broker_gives_no_answer_in_time_and_the_sender_is_told(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at:
        slow = Pace(ladder_s=(0.02,), steady_s=1e9, keepalive_s=60, answer_s=0.5)
        ours = broker_for(settings_for(at, tmp_path), Watch(), slow)
        async with running(ours), house(at) as other:
            await other.wait("myna/kitchen/availability", "online")
            at.freeze()
            with pytest.raises(BrokerError, match="does not answer"):
                await ours.send("lamp/set", "ON", retain=False)
            at.thaw()


async def test_broker_takes_a_new_password_without_a_restart(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at:
        watch = Watch()
        settings = settings_for(at, tmp_path)
        async with running(broker_for(settings, watch)):
            await at.logged("as myna-kitchen")
            await at.kill()
            await at.set_password(USER, "another-password")
            await at.start()
            await at.logged("not authorised")
            assert settings.password_file is not None
            settings.password_file.write_text("another-password")
            await watch.recovered()
    assert watch.history == [("degraded", PART), ("recovered", PART)]


async def test_broker_names_the_cure_when_another_client_has_its_id(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at:
        patient = replace_pace(QUICK, ladder_s=(60.0,))
        watch, other = Watch(), Watch()
        async with running(broker_for(settings_for(at, tmp_path), watch, patient)):
            await at.logged("as myna-kitchen")
            async with running(broker_for(settings_for(at, tmp_path), other, patient)):
                assert "mqtt.client_id" in await watch.degraded()


async def test_broker_says_which_topics_it_may_not_read() -> None:
    not_authorized = 0x87
    answers = {CONNECT: WELCOME, SUBSCRIBE: suback(1, not_authorized)}
    async with answering(answers) as port:
        watch = Watch()
        ours = broker_for(MqttSettings(host="127.0.0.1", port=port), watch)
        for topic in ("myna/lamp", "secret/lamp"):
            ours.listen(topic, _noting([]), wants_retained=True)
        async with running(ours):
            why = await watch.degraded(READING)
    assert "secret/lamp" in why
    assert "myna/lamp" not in why


@pytest.mark.parametrize(
    ("answers", "cure"),
    [
        ({CONNECT: WELCOME + goodbye(142)}, "another client with the same id"),
        ({CONNECT: WELCOME + goodbye(139)}, "ends the connection"),
        ({CONNECT: bytes([0x20, 3, 0, 132, 0])}, "does not speak MQTT 5"),
        ({CONNECT: b"HTTP/1.1 400 Bad Request"}, "mqtt.port"),
    ],
)
async def test_broker_says_what_the_other_side_gives_as_its_reason(
    answers: Mapping[int, bytes], cure: str
) -> None:
    async with answering(answers) as port:
        watch = Watch()
        ours = broker_for(MqttSettings(host="127.0.0.1", port=port), watch)
        async with running(ours):
            assert cure in await watch.degraded()


async def test_broker_hands_old_states_on_but_no_old_orders(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other:
        await other.publish("lamp", "ON", retain=True)
        await other.publish("myna/kitchen/listen/set", "PRESS", retain=True)
        heard: list[str] = []
        ours = broker_for(settings_for(at, tmp_path), Watch())
        ours.listen("lamp", _noting(heard), wants_retained=True)
        ours.listen("myna/kitchen/listen/set", _noting(heard), wants_retained=False)
        async with running(ours):
            await other.wait("myna/kitchen/availability", "online")
            await other.publish("lamp", "OFF")
            async with asyncio.timeout(20):
                while "lamp OFF False" not in heard:  # noqa: ASYNC110 - a list has no events
                    await asyncio.sleep(0.01)
    assert heard == ["lamp ON True", "lamp OFF False"]


async def test_broker_keeps_messages_back_that_are_too_long(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other:
        heard: list[str] = []
        ours = broker_for(settings_for(at, tmp_path), Watch())
        ours.listen("lamp", _noting(heard), wants_retained=True)
        async with running(ours):
            await other.wait("myna/kitchen/availability", "online")
            await other.publish("lamp", "x" * 1_000_000)
            await other.publish("lamp", "ON")
            async with asyncio.timeout(20):
                while not heard:  # noqa: ASYNC110 - a list has no events
                    await asyncio.sleep(0.01)
    assert heard == ["lamp ON False"]


async def test_broker_that_says_nothing_is_given_up_at_once() -> None:
    is_asked = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        is_asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        ours = broker_for(MqttSettings(host="127.0.0.1", port=port), Watch(), Pace(answer_s=60.0))
        async with asyncio.timeout(5), running(ours):
            await is_asked.wait()


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [
        ({"host": "192.0.2.1", "username": "x"}, True),
        ({"host": "192.0.2.1"}, False),
        ({"host": "192.0.2.1", "username": "x", "tls": True}, False),
        ({"host": "localhost", "username": "x"}, False),
        ({"host": "::1", "username": "x"}, False),
    ],
)
async def test_password_in_the_clear_is_warned_of_once(
    caplog: pytest.LogCaptureFixture, changes: dict[str, Any], is_warned: bool
) -> None:
    watch = Watch()
    ours = broker_for(MqttSettings(**{"password_file": Path("/nowhere"), **changes}), watch)
    async with running(ours):
        await watch.degraded()
    warnings = [record for record in caplog.records if "in the clear" in record.message]
    assert len(warnings) == is_warned


async def test_broker_says_how_to_install_the_library_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "myna.mqtt.client", raising=False)
    monkeypatch.setitem(sys.modules, "aiomqtt", None)
    watch = Watch()
    async with running(broker_for(MqttSettings(host="127.0.0.1"), watch)):
        assert "./install.sh --with mqtt" in await watch.degraded()


async def test_password_reaches_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with broker(tmp_path / "b") as at:
        watch = Watch()
        settings = settings_for(at, tmp_path, username="nobody")
        ours = broker_for(settings, watch)
        async with running(ours):
            await watch.degraded()
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(vars(ours)) + repr(settings)
    assert PASSWORD not in str(watch.health.troubles)


def _noting(heard: list[str]) -> Listener:
    async def note(message: Message) -> None:
        heard.append(f"{message.topic} {message.payload.decode()} {message.is_retained}")

    return note
