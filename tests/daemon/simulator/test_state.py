from __future__ import annotations

from myna.simulator.state import AUDIO_KEPT_BYTES, CONNECTIONS_KEPT, Changes, Connection, State


def test_connection_keeps_ten_minutes_of_microphone_and_counts_all_of_it() -> None:
    connection = Connection(Changes())
    for _ in range(11):
        connection.add_audio(bytes(60 * 32_000))

    assert len(connection.received) == AUDIO_KEPT_BYTES == 600 * 32_000
    assert connection.heard_frames == 11 * 60 * 16_000


def test_state_keeps_the_newest_connections() -> None:
    state = State()
    opened = [state.open_connection() for _ in range(CONNECTIONS_KEPT + 1)]

    assert list(state.connections) == opened[1:]
    assert state.last is opened[-1]
