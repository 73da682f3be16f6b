"""The story that the guest plays: what it finds goes to `findings.jsonl`, a line per scene.

Usage: python3 -m lab.story SHARE, in the folder of the tests. Runs as root on the guest's own
Python, while systemd is PID 1.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lab.story.trace import Trace
from lab.story.world import Pin, listening, run, speak, taken, wait_until

SHARE = Path(sys.argv[1])
SPEECH = Path("speech")
LED, LAMP, BUTTON = Pin(17), Pin(22), Pin(27)
EARS = Path("/proc/asound/Ears/pcm1c/sub0/status")
"""What the kernel says of the microphone's stream: `closed`, or `state: RUNNING` and more."""
CONFIG = Path("/etc/myna/myna.toml")
TRACE_FILE = Path("/var/lib/myna/trace.jsonl")
TRACE = Trace(TRACE_FILE)
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
        "dark_s": LED.longest_low_s(6),
    }


def wake_word() -> Finding:
    """Somebody says the wake word and a wish; the daemon does it and says so."""
    TRACE.mark()
    lamp_before = LAMP.level()
    with listening(SHARE / "reply.wav"):
        times_said = say_until_heard(SPEECH / "one_breath.wav")
        TRACE.until("tool_result", name="set_output")
        lamp_after = LAMP.level()
        TRACE.until("turn_complete")
        TRACE.until("state", to="idle")
    return {
        "times_said": times_said,
        "wake": TRACE.found("wake"),
        "session": TRACE.found("session_ready"),
        "tool_result": TRACE.found("tool_result"),
        "lamp_before": lamp_before,
        "lamp_after": lamp_after,
    }


def say_until_heard(recording: Path) -> int:
    """Say the wake word, and again if nobody seems to listen; return how often it was said.

    A machine that is busy elsewhere may lose a syllable on the way through two kernels.
    """
    for times in range(1, 4):
        speak(recording)
        with suppress(TimeoutError):
            TRACE.until("wake", limit_s=2)
            return times
    raise TimeoutError("the wake word was said three times and not heard")


def button() -> Finding:
    """Somebody presses the button and asks what there is to be seen."""
    TRACE.mark()
    BUTTON.press()
    TRACE.until("state", to="listening")
    dark_s = LED.longest_low_s(1)
    speak(SHARE / "look.wav")
    TRACE.until("audio_received")
    TRACE.until("state", to="idle")
    return {
        "press": TRACE.found("button"),
        "state": TRACE.found("state"),
        "dark_s": dark_s,
        "still": TRACE.found("still_sent"),
        "tool_result": TRACE.found("tool_result", name="look"),
        "reply": TRACE.found("audio_received"),
    }


def crash() -> Finding:
    """The daemon is killed while the lamp is on, and a resistor keeps the lamp on.

    A Pi's pin would stay as it was; one of gpio-sim that nobody drives follows its resistor.
    """
    lamp_before = LAMP.level()
    with LAMP.pulled_up():
        run("systemctl", "kill", "--signal=KILL", "myna.service")
        wait_until(lambda: service()["SubState"] != "running", 10, "it is dead")
        safe_after_s = wait_until(lambda: not LAMP.level(), 30, "the lamp is off")
        state = service()
        wait_until(lambda: service()["ActiveState"] == "active", 60, "it is active again")
        lamp_after = LAMP.level()
    TRACE.rewind()
    return {
        "lamp_before": lamp_before,
        "safe_after_s": safe_after_s,
        "state_when_safe": state,
        "lamp_after": lamp_after,
        "service": service(),
    }


def line_taken() -> Finding:
    """Another program has the button's line when the daemon starts."""
    run("systemctl", "stop", "myna.service")
    with taken(27):
        wait_until(lambda: "gpioset" in run("gpioinfo", "--chip", "gpiochip0", "27"), 10, "taken")
        run("systemctl", "start", "myna.service")
        TRACE.rewind()
        TRACE.until("degraded", what="button")
        found = {
            "service": service(),
            "status": run("myna", "status"),
            "troubles": status()["troubles"],
        }
    TRACE.until("recovered", what="button")
    TRACE.mark()
    BUTTON.press()
    TRACE.until("state", to="listening")
    BUTTON.press()
    TRACE.until("state", to="idle")
    return found | {"pressed": TRACE.found("button"), "troubles_later": status()["troubles"]}


def mute() -> Finding:
    """Somebody holds the button; the daemon lets go of the microphone, and remembers that."""
    TRACE.mark()
    capture_before = EARS.read_text().splitlines()[0]
    with BUTTON.grounded():
        TRACE.until("muted")
    wait_until(lambda: EARS.read_text().strip() == "closed", 5, "the microphone is closed")
    found = {"capture_before": capture_before, "dark_s": LED.longest_low_s(3)}
    run("systemctl", "restart", "myna.service")
    TRACE.rewind()
    found |= {"state": status()["state"], "capture": EARS.read_text().strip()}
    with BUTTON.grounded():
        TRACE.until("unmuted")
    wait_until(lambda: "RUNNING" in EARS.read_text(), 5, "the microphone is open again")
    return found


def reload() -> Finding:
    """Somebody changes the configuration and reloads it, then breaks it and reloads that."""
    before = service()
    text = CONFIG.read_text()
    CONFIG.write_text(text.replace("[speaker]", "[speaker]\nvolume = 31"))
    run("systemctl", "reload", "myna.service")
    wait_until(lambda: status()["volume"] == 31, 10, "the volume is that of the file")
    CONFIG.write_text(text.replace("[speaker]", "[speaker]\nvolumen = 31"))
    run("systemctl", "reload", "myna.service")
    wait_until(lambda: "configuration" in status()["troubles"], 10, "the mistake is told")
    found = {"before": before, "after": service(), "troubles": status()["troubles"]}
    CONFIG.write_text(text)
    run("systemctl", "reload", "myna.service")
    wait_until(lambda: not status()["troubles"], 10, "it is mended")
    return found


def contracts() -> Finding:
    """The suites that judge every driver judge those on the kernel's pins, too."""
    run("systemctl", "stop", "myna.service")
    python = (
        "/opt/myna/venv/bin/python",
        "-m",
        "pytest",
        "-c",
        "/dev/null",
        "-p",
        "no:cacheprovider",
    )
    where = ("--rootdir=.", "--override-ini=pythonpath=.", "--import-mode=importlib")
    which = [f"contracts/test_{part}_contract.py" for part in ("button", "lights", "outputs")]
    report = f"--junitxml={SHARE / 'contracts.xml'}"
    return {"printed": run(*python, *where, report, "-k", "ernel", *which)}


SCENES: list[Callable[[], Finding]] = [
    boot,
    wake_word,
    button,
    crash,
    line_taken,
    mute,
    reload,
    contracts,
]


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
            findings.write(
                json.dumps({"scene": scene.__name__, "took_s": took_s, **finding}) + "\n"
            )
            shutil.copy(TRACE_FILE, SHARE / f"trace-{scene.__name__}.jsonl")
    (SHARE / "journal.log").write_text(run("journalctl", "--no-pager", "-o", "short-monotonic"))


main()
