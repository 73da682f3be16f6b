from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

from myna.errors import ConfigError
from myna.simulator import script
from myna.simulator.script import Script, Speech, Turn
from myna.simulator.script_file import demo_script, load_script
from myna.simulator.sounds import tone

EVERY_ACTION = """
at_end = "repeat"
new_session = "continue"

[[turn]]
on = "text"
contains = "story"
heard = "Tell me a story."
complete = false
send = [
    { audio = "reply.wav", text = "Once upon a time." },
    { tone = { hz = 440, seconds = 0.5 }, text = "Beep." },
    { says = "a" },
    { hears = "b" },
    { tool_call = "set_output", args = { name = "lamp", on = true }, id = "7", wait = false },
    { wait_for = "still" },
    { pause_s = 1.5 },
    { interrupted = true },
    { close = 1011, reason = "Internal error encountered." },
    { end = "quota" },
    { cut = "half-open" },
    { go_away_s = 50 },
    { stall = true },
    { resumption = "handle" },
    { message = { toolCallCancellation = { ids = ["7"] } } },
    { raw_text = "{}" },
    { raw_base64 = "/wA=" },
]
"""


def write_wav(path: Path, pcm: bytes, rate_hz: int = 24_000, channels: int = 1) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(pcm)


def problems_of(tmp_path: Path, text: str, name: str = "script.toml") -> list[str]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_script(path)
    return [str(problem) for problem in raised.value.problems]


def problems_of_turn(tmp_path: Path, lines: str) -> list[str]:
    return problems_of(tmp_path, f'[[turn]]\non = "speech"\n{lines}\n')


def test_script_reads_every_action(tmp_path: Path) -> None:
    write_wav(tmp_path / "reply.wav", b"\x01\x02" * 100)
    path = tmp_path / "script.toml"
    path.write_text(EVERY_ACTION)

    assert load_script(path) == Script(
        at_end="repeat",
        new_session="continue",
        turns=(
            Turn(
                on="text",
                contains="story",
                heard="Tell me a story.",
                complete=False,
                send=(
                    Speech(b"\x01\x02" * 100, "Once upon a time."),
                    Speech(tone(440, 0.5), "Beep."),
                    script.Says("a"),
                    script.Hears("b"),
                    script.ToolCall("set_output", {"name": "lamp", "on": True}, "7", wait=False),
                    script.WaitFor("still"),
                    script.Pause(1.5),
                    script.Interrupt(),
                    script.Close(1011, "Internal error encountered."),
                    script.End("quota"),
                    script.Cut("half-open"),
                    script.GoAway(50),
                    script.Stall(),
                    script.Resumption("handle"),
                    script.Message({"toolCallCancellation": {"ids": ["7"]}}),
                    script.RawText("{}"),
                    script.RawBinary(b"\xff\x00"),
                ),
            ),
        ),
    )


def test_script_reads_json(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"turn": [{"on": "open", "send": [{"says": "Hello."}]}]}))

    assert load_script(path).turns == (Turn(on="open", send=(script.Says("Hello."),)),)


def test_script_reports_every_problem_at_once_with_its_line(tmp_path: Path) -> None:
    text = """at_ends = "repeat"

[[turn]]
on = "speach"
send = [{ pause_s = "a" }]

[[turn]]
on = "speech"
herd = "a"
send = [{ audio = "nowhere.wav" }, { pause_s = -1, reason = "a" }]
"""

    assert problems_of(tmp_path, text) == [
        "at_ends: unknown key; did you mean at_end?",
        "line 3: turn 1, on: Invalid enum value 'speach'",
        "line 3: turn 1, send 1, pause_s: Expected `float`, got `str`",
        "line 7: turn 2, herd: unknown key; did you mean heard?",
        (
            f"line 7: turn 2, send 1, audio: {tmp_path}/nowhere.wav: cannot be read: "
            "No such file or directory"
        ),
        "line 7: turn 2, send 2, reason: unknown key; known are pause_s",
        "line 7: turn 2, send 2, pause_s: Expected `float` >= 0.0",
    ]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ("{ sing = true }", "turn 1, send 1: an action is a table with exactly one of: "),
        ("{ says = 'a', hears = 'b' }", "turn 1, send 1: an action is a table with exactly one"),
        ("'hello'", "turn 1, send 1: an action is a table with exactly one of: "),
        ("{ close = 1005 }", "turn 1, send 1, close: 1005 is no code that a server sends"),
        ("{ tone = { hz = 440 } }", "turn 1, send 1, tone: Object missing required field"),
        ("{ tone = { hz = 440, seconds = 1, db = 2 } }", "turn 1, send 1, tone: Object contains"),
        ("{ wait_for = 'text' }", "turn 1, send 1, wait_for: Invalid enum value 'text'"),
        ("{ stall = false }", "turn 1, send 1, stall: "),
        ("{ raw_base64 = '?' }", "turn 1, send 1, raw_base64: Invalid base64 encoded string"),
    ],
)
def test_script_reports_a_wrong_action(tmp_path: Path, action: str, problem: str) -> None:
    (found,) = problems_of_turn(tmp_path, f"send = [{action}]")

    assert found.startswith(f"line 1: {problem}")
    assert "\n" not in found


@pytest.mark.parametrize(
    ("rate_hz", "channels", "told"), [(16_000, 1, "is 16000 Hz"), (24_000, 2, "2 channel(s)")]
)
def test_script_reports_a_wav_of_the_wrong_format(
    tmp_path: Path, rate_hz: int, channels: int, told: str
) -> None:
    write_wav(tmp_path / "reply.wav", bytes(400), rate_hz, channels)

    (found,) = problems_of_turn(tmp_path, 'send = [{ audio = "reply.wav" }]')

    assert told in found
    assert "sox reply.wav -r 24000 -c 1 -b 16" in found


def test_script_reports_a_sound_that_is_no_wav(tmp_path: Path) -> None:
    (tmp_path / "reply.wav").write_text("no sound")

    (found,) = problems_of_turn(tmp_path, 'send = [{ audio = "reply.wav" }]')

    assert found.endswith("reply.wav: is not a WAV file of PCM")


@pytest.mark.parametrize(
    ("text", "name", "problem"),
    [
        ("turn = 1 2", "script.toml", "is not TOML: "),
        ("{", "script.json", "is not JSON: "),
        ("[]", "script.json", "is not an object with the key turn"),
        ("[" * 100_000, "script.json", "is nested too deeply"),
        ("", "script.toml", "turn: is missing"),
        ("turn = []", "script.toml", "turn: Expected `array` of length >= 1"),
        ("turn = 'a'", "script.toml", "turn: Expected `array`, got `str`"),
        ("[[turn]]", "script.toml", "line 1: turn 1, on: is missing"),
        (
            '[[turn]]\non = "speech"\ncontains = "a"',
            "script.toml",
            'line 1: turn 1, contains: goes with on = "text" only',
        ),
        (
            '[[turn]]\non = "speech"\nsend = "a"',
            "script.toml",
            "line 1: turn 1, send: Expected `array`, got `str`",
        ),
    ],
)
def test_script_reports_an_unusable_file(
    tmp_path: Path, text: str, name: str, problem: str
) -> None:
    (found,) = problems_of(tmp_path, text, name)

    assert found.startswith(problem)


def test_script_reports_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        load_script(tmp_path / "nowhere.toml")


def test_script_reports_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_script(path)


def test_demo_script_is_complete() -> None:
    turns = demo_script().turns

    assert [turn.on for turn in turns] == ["speech"] * 4
    assert all(turn.heard for turn in turns)
    replies = [action for turn in turns for action in turn.send if isinstance(action, Speech)]
    assert len(replies) == 4
    assert all(reply.pcm and reply.text for reply in replies)


def test_script_of_the_documentation_is_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    write_wav(tmp_path / "postman.wav", bytes(400))
    path = tmp_path / "visit.toml"
    path.write_text(example, encoding="utf-8")

    assert [turn.on for turn in load_script(path).turns] == ["speech", "text", "speech"]
