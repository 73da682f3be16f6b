"""The story that the guest plays: what it finds goes to `findings.jsonl`, a line per scene.

Usage: story.py SHARE. Runs as root on the guest's own Python, while systemd is PID 1.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from world import Pin, Trace, listening, run, speak, wait_until

SHARE = Path(sys.argv[1])
SPEECH = SHARE / "speech"
LED, LAMP, BUTTON = Pin(17), Pin(22), Pin(27)
TRACE = Trace(Path("/var/lib/myna/trace.jsonl"))
Finding = dict[str, Any]


def service() -> dict[str, str]:
    """Return what systemd says of the unit."""
    names = "ActiveState,SubState,Type,StatusText,NRestarts,MainPID,User"
    lines = run("systemctl", "show", "myna.service", f"--property={names}").splitlines()
    return dict(line.split("=", 1) for line in lines)


def status() -> Finding:
    """Return what `myna status` says."""
    found: Finding = json.loads(run("myna", "status", "--json"))
    return found


def boot() -> Finding:
    """The machine is up, and the daemon with it."""
    wait_until(lambda: service()["ActiveState"] == "active", 120, "myna.service is active")
    return {
        "pid_1": Path("/proc/1/comm").read_text().strip(),
        "state": run("systemctl", "is-system-running"),
        "failed": run("systemctl", "--failed", "--plain", "--no-legend"),
        "service": service(),
        "troubles": status()["troubles"],
        "python": run("/opt/myna/venv/bin/python", "--version"),
        "lights": LED.share_high(5),
    }


def wake_word() -> Finding:
    """Somebody says the wake word and a wish; the daemon does it and says so."""
    heard = SHARE / "reply.wav"
    lamp_before = LAMP.level()
    with listening(heard):
        speak(SPEECH / "one_breath.wav")
        wake = TRACE.until("wake")
        session = TRACE.until("session_ready")
        call = TRACE.until("tool_result", name="set_output")
        lamp_after = LAMP.level()
        TRACE.until("playback_started")
        TRACE.until("turn_complete")
        TRACE.until("state", to="idle")
    return {
        "wake": wake,
        "session": session,
        "tool_result": call,
        "lamp_before": lamp_before,
        "lamp_after": lamp_after,
    }


def button() -> Finding:
    """Somebody presses the button and asks what there is to be seen."""
    BUTTON.press()
    press = TRACE.until("button")
    state = TRACE.until("state")
    TRACE.until("state", to="listening")
    lights = LED.share_high(1)
    speak(SPEECH / "turn_on_the_lamp.wav")
    still = TRACE.until("still_sent")
    call = TRACE.until("tool_result", name="look")
    reply = TRACE.until("audio_received")
    TRACE.until("state", to="idle")
    return {
        "press": press,
        "state": state,
        "lights": lights,
        "still": still,
        "tool_result": call,
        "reply": reply,
    }


def crash() -> Finding:
    """The daemon is killed; systemd starts a new one."""
    before = service()
    lamp_before = LAMP.level()
    run("systemctl", "kill", "--signal=KILL", "myna.service")
    wait_until(lambda: service()["MainPID"] != before["MainPID"], 30, "another process")
    wait_until(lambda: service()["ActiveState"] == "active", 120, "myna.service is active again")
    TRACE.rewind()
    return {"lamp_before": lamp_before, "lamp_after": LAMP.level(), "service": service()}


SCENES: list[Callable[[], Finding]] = [boot, wake_word, button, crash]


def main() -> None:
    """Play all scenes; one that breaks off leaves the reason and lets the next ones play."""
    with (SHARE / "findings.jsonl").open("w", buffering=1) as findings:
        for scene in SCENES:
            began_s = time.monotonic()
            try:
                finding = scene()
            except Exception:  # noqa: BLE001 (the host's test shows it)
                finding = {"broke_off": traceback.format_exc()}
            took_s = round(time.monotonic() - began_s, 1)
            findings.write(json.dumps({"scene": scene.__name__, "took_s": took_s, **finding}) + "\n")
    (SHARE / "trace.jsonl").write_text(Path("/var/lib/myna/trace.jsonl").read_text())
    (SHARE / "journal.log").write_text(run("journalctl", "--no-pager", "-b", "-o", "short-monotonic"))


main()
