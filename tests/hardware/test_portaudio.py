import os
import sys
import threading

import pytest

from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.microphone import open_microphone
from myna_hardware.portaudio_errors import explain_refusal
from myna_hardware.quiet import quiet_stderr
from myna_hardware.settings import MicrophoneSettings


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (-9985, DeviceBusyError, "mic: another program holds it: fuser -v /dev/snd/* names it"),
        (-9997, BadFormatError, "mic: does nothing that the speaker can do: use its plughw:"),
        (-9998, BadFormatError, "mic: does nothing that the speaker can do: use its plughw:"),
        (-9993, DeviceNotFoundError, "mic: no such device; there are: a, b"),
        (-9999, DeviceNotFoundError, "mic: does not open: Host error (PortAudio -9999); there"),
    ],
)
def test_refusal_of_portaudio_is_explained(code: int, kind: type[HardwareError], text: str) -> None:
    error = explain_refusal("mic", ["a", "b"], OSError(code, "Host error"))
    assert type(error) is kind
    assert str(error).startswith(text)


def test_machine_without_devices_is_told_what_to_do() -> None:
    error = explain_refusal("default", [], OSError(-9993, "Illegal combination"))
    assert "join the group audio" in str(error)


def test_missing_pyaudio_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(DriverMissingError, match="apt install portaudio19-dev"):
        open_microphone(MicrophoneSettings())


def test_device_thread_gives_back_what_a_call_returns_or_raises() -> None:
    thread = DeviceThread("test")
    assert thread.call(threading.current_thread, 5).name == "test"
    with pytest.raises(DeviceLostError, match="gone"):
        thread.call(lose, 5)
    thread.end()


def lose() -> None:
    raise DeviceLostError("test", "gone")


def test_device_thread_gives_up_on_a_call_that_hangs_and_goes_on_afterwards() -> None:
    thread = DeviceThread("test")
    hangs = threading.Event()
    with pytest.raises(TimeoutError):
        thread.call(hangs.wait, 0.01)
    later = thread.submit(lambda: "done")
    hangs.set()
    assert later.result(timeout=5) == "done"
    thread.end()


def test_stderr_is_quiet_only_within_the_context(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet_stderr():
        os.write(2, b"within ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"
