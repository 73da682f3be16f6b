"""The installed service under a real systemd: one machine, one story after another."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from myna.service.deaths import DEATHS_TO_SAFE_MODE, FILE, LAST_END
from myna.service.last_good import FILE as LAST_GOOD
from support.installed import CONFIG, UNIT, Installed, installed
from support.last_moments import SABOTAGE
from support.machine import why_not
from support.wheelhouse import NoWheelsError

KEY: Final = "AIzaCanaryOfTheService0123456789"
EXPOSURE: Final = 1.3
HEALED_S: Final = 30.0
"""After a hang: WatchdogSec=20, a missed meal, RestartSec=3, the start."""


@pytest.fixture(scope="module")
def machine() -> Iterator[Installed]:
    if reason := why_not():
        pytest.skip(reason)
    try:
        with installed(tools=SABOTAGE) as service:
            yield service
    except NoWheelsError as error:
        pytest.skip(str(error))


@pytest.fixture
def service(machine: Installed) -> Iterator[Installed]:
    """The service, running as it was installed; what a test changes is taken back."""
    yield machine
    machine.configure()
    machine.clear()
    machine.machine.run("systemctl", "stop", UNIT)
    machine.systemctl("start")


# --- as it was installed: nothing is changed --------------------------------------------


def test_it_is_ready_with_its_ears_open_and_a_wake_engine(machine: Installed) -> None:
    assert machine.show("ActiveState") == "active"
    assert machine.machine.ask("systemctl", "is-enabled", UNIT) == "enabled"
    status = machine.status()
    assert (status["state"], status["wake"]["engine"]) == ("idle", "micro")
    assert set(status["troubles"]) == {"key"}
    assert machine.show("StatusText").startswith("ready; key: no API key")


def test_systemd_finds_nothing_to_say_of_it_and_it_is_hardly_exposed(machine: Installed) -> None:
    done = machine.machine.run("systemd-analyze", "verify", "--man=no", UNIT)
    assert done.stdout + done.stderr == ""
    words = machine.machine.ask("systemd-analyze", "security", "--no-pager", UNIT)
    found = re.search(r"exposure level for myna.service: ([\d.]+)", words)
    assert found is not None
    assert float(found[1]) <= EXPOSURE


def test_every_library_works_within_the_sandbox(machine: Installed) -> None:
    libraries = (
        "websockets, msgspec, numpy, pyaudio, gpiozero, Adafruit_PureIO.smbus, soxr, earshot"
    )
    engines = "pymicro_wakeword, pyopen_wakeword, pvporcupine, pywebrtc_audio, sqlite3, ctypes"
    code = (
        f"import {libraries}, {engines}; "
        "ctypes.CFUNCTYPE(None)(print)(); soxr.resample(numpy.zeros(480), 48000, 16000); "
        "print('fine')"
    )
    unit = machine.machine.path("/etc/systemd/system/myna.service").read_text()
    unit = re.sub(r"^(ExecStart=\S+ -I -u).*$", rf'\1 -c "{code}"', unit, flags=re.MULTILINE)
    service_s = r"^(Type|ExecStopPost|Restart|RuntimeD.*|StateD.*|Watchdog.*)=.*\n"
    unit = re.sub(service_s, "", unit, flags=re.MULTILINE)
    unit = unit.replace("WorkingDirectory=/run/myna", "WorkingDirectory=/tmp\nType=exec")
    machine.write("/run/systemd/system/libraries.service", unit)
    machine.machine.ask("systemctl", "daemon-reload")
    machine.machine.ask("systemctl", "start", "libraries.service")
    machine.wait(lambda: machine.machine.run("systemctl", "is-active", "libraries").returncode > 0)
    said = machine.machine.ask("journalctl", "-u", "libraries", "--no-pager", "-o", "cat")
    assert "fine" in said


def test_it_listens_on_no_port(machine: Installed) -> None:
    assert machine.machine.ask("ss", "-Hlntu") == ""


def test_only_root_and_its_group_reach_it(machine: Installed) -> None:
    as_nobody = ("setpriv", "--reuid=nobody", "--clear-groups")
    refused = machine.machine.run(*as_nobody, "--regid=nogroup", "myna", "status")
    assert refused.returncode == 1
    assert "is not yours to use" in refused.stderr
    machine.machine.ask(*as_nobody, "--regid=myna", "myna", "status")


def test_its_group_restarts_it_without_a_password_and_others_do_not(machine: Installed) -> None:
    as_member = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--groups=myna")
    as_other = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    before = machine.show("MainPID")
    restart = ("systemctl", "--no-ask-password", "restart", UNIT)
    assert machine.machine.run(*as_other, *restart).returncode != 0
    assert machine.show("MainPID") == before
    machine.machine.ask("usermod", "--append", "--groups", "myna", "nobody")
    machine.machine.ask(*as_member, *restart)
    assert machine.show("MainPID") != before
    other_unit = machine.machine.run(*as_member, "systemctl", "--no-ask-password", "stop", "dbus")
    assert other_unit.returncode != 0


def test_mute_and_unmute_show_in_the_status_of_systemd(machine: Installed) -> None:
    machine.myna("mute")
    machine.wait_status("muted")
    machine.myna("unmute")
    machine.wait_status("ready")


# --- reloads ----------------------------------------------------------------------------


def test_a_reload_puts_a_changed_configuration_in_force(service: Installed) -> None:
    before = service.show("MainPID")
    service.configure(CONFIG.replace('heard.wav"', 'heard.wav"\nvolume = 31'))
    service.systemctl("reload")
    service.wait(lambda: service.status()["volume"] == 31)
    assert service.show("MainPID") == before
    assert service.show("ActiveState") == "active"


def test_a_reload_of_a_broken_configuration_leaves_the_one_before(service: Installed) -> None:
    before = service.show("MainPID")
    service.configure(CONFIG.replace("[live]", "[live]\nvoise = 1"))
    service.systemctl("reload")
    assert "line 2: live.voise" in service.wait_status("configuration: ")
    assert "line 2: live.voise" in service.status()["troubles"]["configuration"]
    assert (service.show("MainPID"), service.show("ActiveState")) == (before, "active")
    service.configure()
    service.systemctl("reload")
    service.wait(lambda: "configuration" not in service.show("StatusText"))


# --- deaths -----------------------------------------------------------------------------


def test_a_stuck_read_is_healed_by_the_watchdog_and_told_with_a_traceback(
    service: Installed,
) -> None:
    before, began_s = service.show("MainPID"), time.monotonic()
    service.myna("call", "deafen")
    service.restarted(before, HEALED_S)
    assert time.monotonic() - began_s < HEALED_S
    said = service.journal()
    assert "the thread of the microphone hangs" in said
    assert "sabotage.py" in said
    assert "in for_ever" in said
    assert service.status()["state"] == "idle"


def test_a_frozen_process_is_healed_by_the_watchdog(service: Installed) -> None:
    service.override("WatchdogSec=2")
    service.systemctl("restart")
    before = service.show("MainPID")
    service.machine.ask("kill", "-STOP", before)
    service.restarted(before, 20)


def test_a_killed_one_is_back_within_seconds_and_remembers_how_it_ended(
    service: Installed,
) -> None:
    before, restarts = service.show("MainPID"), int(service.show("NRestarts"))
    service.machine.ask("kill", "-KILL", before)
    service.restarted(before, 15)
    assert int(service.show("NRestarts")) == restarts + 1
    assert service.machine.path(f"/run/myna/{LAST_END}").read_text() == "signal, killed, KILL\n"
    assert service.machine.path(f"/run/myna/{FILE}").read_text() == "2\n"


def test_a_crash_loop_ends_in_a_safe_mode_that_a_restart_ends(service: Installed) -> None:
    crash = service.machine.path("/etc/myna/tools/crash.py")
    crash.write_text("import os\nos.abort()\n")
    service.systemctl("stop")
    # The fourth death is over; the one that is to come is the fifth.
    service.override(
        f"ExecStartPre=/bin/sh -c '[ -e {FILE} ] || echo {DEATHS_TO_SAFE_MODE - 1} >{FILE}'"
    )
    service.machine.run("systemctl", "start", UNIT)
    status = service.wait_status("safe mode", limit_s=40)
    assert "the last time: signal, killed, ABRT" in status
    assert service.status()["wake"]["engine"] == "none"
    crash.unlink()
    service.clear()
    service.systemctl("restart")
    assert "safe mode" not in service.show("StatusText")
    assert service.status()["wake"]["engine"] == "micro"


def test_a_stop_takes_two_seconds_at_most_and_leaves_nothing_in_run(service: Installed) -> None:
    began_s = time.monotonic()
    service.systemctl("stop")
    # ExecStopPost= starts a Python of its own.
    assert time.monotonic() - began_s < 2 + 2
    assert service.show("Result") == "success"
    assert not service.machine.path("/run/myna").exists()


# --- what may be missing ----------------------------------------------------------------


def test_a_wrong_configuration_leaves_it_running_as_it_was_good_last(service: Installed) -> None:
    service.configure(CONFIG.replace("[live]", "[live]\nvoise = 1"))
    service.systemctl("restart")
    assert "line 2: live.voise" in service.wait_status("configuration: ")
    assert service.status()["wake"]["engine"] == "micro"


def test_a_first_configuration_that_is_wrong_stops_it_until_that_is_mended(
    service: Installed,
) -> None:
    service.configure(CONFIG.replace("[live]", "[live]\nvoise = 1"))
    service.systemctl("stop")
    service.machine.path(f"/var/lib/myna/{LAST_GOOD}").unlink()
    assert service.machine.run("systemctl", "restart", UNIT).returncode != 0
    shown = service.machine.show(UNIT, "ActiveState", "Result", "ExecMainStatus")
    assert shown == {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "78"}
    assert "line 2: live.voise" in service.journal("-n", "20")
    service.configure()
    service.systemctl("start")


def test_without_its_groups_it_starts_and_says_what_it_cannot_open(service: Installed) -> None:
    for group in ("gpio", "i2c", "spi"):
        service.machine.ask("groupdel", group)
    service.machine.ask("gpasswd", "--delete", UNIT.removesuffix(".service"), "audio")
    service.configure(CONFIG.replace('driver = "simulated"', 'driver = "gpiozero"'))
    service.systemctl("restart")
    status = service.wait_status("lights: ")
    service.machine.ask("systemd-sysusers")
    assert status.startswith("ready")


def test_a_key_that_is_put_in_place_is_taken_without_anybody_s_doing(service: Installed) -> None:
    before = service.show("MainPID")
    service.machine.ask("sh", "-c", f"umask 077; echo {KEY} >/etc/myna/credentials/api-key")
    service.restarted(before, 40)
    assert "key" not in service.status()["troubles"]
    assert service.show("NRestarts") != "0"
    environ = service.machine.path(f"/proc/{service.show('MainPID')}/environ").read_text()
    everything = environ + service.journal() + service.machine.ask("systemctl", "show", UNIT)
    assert KEY not in everything
    as_service = ("setpriv", "--reuid=myna", "--regid=myna", "--init-groups", "cat")
    assert service.machine.run(*as_service, "/etc/myna/credentials/api-key").returncode != 0


def test_an_encrypted_key_is_as_good_and_the_doctor_finds_it_too(service: Installed) -> None:
    Path(service.machine.path("/etc/myna/credentials/api-key")).unlink(missing_ok=True)
    sealed = "/etc/myna/credentials.encrypted/api-key"
    encrypt = f"echo {KEY} | systemd-creds encrypt --with-key=host --name=sealed_api-key - {sealed}"
    service.machine.ask("sh", "-c", encrypt)
    service.systemctl("restart")
    assert "key" not in service.status()["troubles"]
    assert KEY not in service.machine.path(sealed).read_text()
    service.systemctl("stop")
    findings = json.loads(service.machine.run("myna", "doctor", "--json").stdout)
    (key,) = [each for each in findings if each["part"] == "key"]
    assert key["measured"].startswith("the network comes first"), key
    assert KEY not in str(findings)
