"""A real PulseAudio with a virtual microphone and a virtual speaker, and no hardware.

Two null sinks: what is fed into `micfeed` is what the default capture device hears,
and what the default playback device plays is heard at the monitor of `spk`. ALSA
reaches both through a configuration file of its own, so that PortAudio lists devices
named `vmic`, `vspk` and `default` and nothing of the machine's. The device `hat` does
stereo only, as sound hats do, and `cinema` seven channels only; both lead nowhere. No
plugin of ALSA's does one rate only, so `doing_only` makes PyAudio refuse all others. The
server is private: own runtime folder, one Unix socket, no D-Bus, no network port.

The first 10 ms fed into an idle sink may be lost: lead with `LEAD_S` of silence.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyaudio
import pytest

from myna_hardware.portaudio_errors import INVALID_CHANNEL_COUNT, INVALID_SAMPLE_RATE
from myna_hardware.sound_format import SoundFormat
from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, bytes_for, frames_for
from support.precedence import hurry

LEAD_S: Final = 0.1
START_LIMIT_S: Final = 5.0
UNDER_WAY_BYTES: Final = bytes_for(frames_for(0.2, PLAYBACK_RATE_HZ))
PROGRAMS: Final = ("pulseaudio", "pactl", "pacat", "parec")
INSTALL: Final = "apt install pulseaudio pulseaudio-utils libasound2-plugins"

DAEMON_CONF: Final = """\
default-sample-rate = 16000
alternate-sample-rate = 48000
flat-volumes = no
exit-idle-time = -1
enable-shm = no
realtime-scheduling = no
high-priority = no
"""

ASOUND_CONF: Final = """\
</usr/share/alsa/alsa.conf>
pcm.vmic {{ type pulse; server "{server}"; device "micfeed.monitor"
            hint {{ show on; description "vmic" }} }}
pcm.vspk {{ type pulse; server "{server}"; device "spk"
            hint {{ show on; description "vspk" }} }}
pcm.vduplex {{ type asym; playback.pcm "vspk"; capture.pcm "vmic"
               hint {{ show on; description "vduplex" }} }}
pcm.hat {{ type multi; slaves.a {{ pcm "null"; channels 2 }}
          bindings.0 {{ slave a; channel 0 }}; bindings.1 {{ slave a; channel 1 }} }}
pcm.cinema {{ type multi; slaves.a {{ pcm "null"; channels 7 }}
           bindings.0 {{ slave a; channel 0 }}; bindings.1 {{ slave a; channel 1 }}
           bindings.2 {{ slave a; channel 2 }}; bindings.3 {{ slave a; channel 3 }} }}
pcm.!default "vduplex"
"""


def _sink(name: str, rate_hz: int) -> str:
    return f"module-null-sink sink_name={name} rate={rate_hz} channels=1 format=s16le norewinds=1"


class Recording:
    """What the virtual speaker plays, from the moment it was asked for."""

    def __init__(self, process: subprocess.Popen[bytes], path: Path) -> None:
        self._process = process
        self._path = path

    @property
    def pcm(self) -> bytes:
        """Everything heard so far: 24 kHz mono 16-bit."""
        return self._path.read_bytes()

    def wait_for(self, pcm_bytes: int, timeout_s: float = 5.0) -> bytes:
        """Block until `pcm_bytes` have been heard, silence included; return them all."""
        deadline_s = time.monotonic() + timeout_s
        while self._path.stat().st_size < pcm_bytes:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"heard {self._path.stat().st_size} of {pcm_bytes} bytes")
            time.sleep(0.01)
        return self.pcm

    def settled(self) -> bytes:
        """Return everything heard by now and in the next 0.2 s, which are under way."""
        return self.wait_for(len(self.pcm) + UNDER_WAY_BYTES)

    def stop(self) -> None:
        """End the recording."""
        self._process.terminate()
        self._process.wait()


class SoundServer:
    """One private PulseAudio daemon.

    Attributes:
        env: What a process needs in its environment, before PortAudio starts, for its
            default devices to be this server's.
        devices: The names that a program finds there.
    """

    devices: Final = ("vmic", "vspk", "vduplex", "hat", "default")

    def __init__(self, folder: Path) -> None:
        """Start the daemon in `folder` and wait until it answers.

        Raises:
            RuntimeError: A program is missing, or the daemon did not come up.
        """
        require_programs()
        self._folder = folder
        self._server = f"unix:{folder / 'native'}"
        self._recordings = 0
        self.env: Mapping[str, str] = {
            "PULSE_SERVER": self._server,
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "JACK_NO_START_SERVER": "1",
        }
        self._write_files()
        self._daemon = self._start()
        self._wait_until_up()
        self._choose_defaults()

    def feed(self, pcm: bytes) -> None:
        """Speak `pcm` (16 kHz) into the microphone; returns when it has been spoken."""
        command = ["pacat", "--device=micfeed", "--raw", "--channels=1", "--format=s16le"]
        self._run([*command, f"--rate={CAPTURE_RATE_HZ}"], pcm)

    def play(self, pcm: bytes) -> None:
        """Play `pcm` (24 kHz) on the speaker; returns when it has been heard."""
        command = ["pacat", "--device=spk", "--raw", "--channels=1", "--format=s16le"]
        self._run([*command, f"--rate={PLAYBACK_RATE_HZ}"], pcm)

    @contextmanager
    def record(self) -> Iterator[Recording]:
        """Record what the speaker plays while the context lasts."""
        self._recordings += 1
        path = self._folder / f"recording-{self._recordings}.s16"
        command = ["parec", "--device=spk.monitor", "--raw", "--channels=1", "--format=s16le"]
        command += [f"--rate={PLAYBACK_RATE_HZ}", "--latency-msec=10"]
        with path.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, env=self._client_env())  # noqa: S603
        recording = Recording(process, path)
        try:
            recording.wait_for(1)
            yield recording
        finally:
            recording.stop()

    @contextmanager
    def loop(self, latency_ms: int, loss_db: float = 0.0) -> Iterator[None]:
        """Let the microphone hear what the speaker plays, `loss_db` softer, meanwhile.

        At a constant delay: both sinks keep the same clock, so no rate needs adjusting.
        """
        loop = ["module-loopback", "source=spk.monitor", "sink=micfeed", "adjust_time=0"]
        command = ["pactl", "load-module", *loop, f"latency_msec={latency_ms}"]
        module = self._run(command).decode().strip()
        try:
            if loss_db:
                self._run(
                    ["pactl", "set-source-output-volume", self._ear_of(module), f"{-loss_db}dB"]
                )
            yield
        finally:
            self._run(["pactl", "unload-module", module])

    def _ear_of(self, module: str) -> str:
        """Return the stream with which a loop listens; its volume is the loop's."""
        listing = self._run(["pactl", "--format=json", "list", "source-outputs"])
        streams = json.loads(listing)
        return next(str(each["index"]) for each in streams if str(each["owner_module"]) == module)

    def players(self) -> int:
        """Return how many programs have a stream to the speaker open."""
        return len(self._run(["pactl", "list", "short", "sink-inputs"]).splitlines())

    def unplug(self) -> None:
        """Take both sinks away; whoever uses one loses the device.

        Both, for PulseAudio moves a stream whose device goes to another while it has one.
        """
        listing = self._run(["pactl", "list", "short", "modules"]).decode()
        for line in listing.splitlines():
            if "module-null-sink" in line:
                self._run(["pactl", "unload-module", line.split()[0]])

    def plug(self) -> None:
        """Bring both sinks back."""
        for sink in (_sink("micfeed", CAPTURE_RATE_HZ), _sink("spk", PLAYBACK_RATE_HZ)):
            self._run(["pactl", "load-module", *sink.split()])
        self._choose_defaults()

    def restart(self) -> None:
        """Start the daemon anew after `kill`, or after ending it, and wait until it answers."""
        self.stop()
        self._daemon = self._start()
        self._wait_until_up()
        self._choose_defaults()

    def freeze(self) -> None:
        """Stop the daemon in its tracks: devices stay, and nothing moves any more."""
        self._daemon.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Kill the daemon without a goodbye."""
        self._daemon.kill()
        self._daemon.wait()

    def stop(self) -> None:
        """End the daemon, if it still runs."""
        if self._daemon.poll() is None:
            self._daemon.send_signal(signal.SIGCONT)
            self._daemon.terminate()
            self._daemon.wait()

    def _write_files(self) -> None:
        (self._folder / "run").mkdir(mode=0o700)
        (self._folder / "home/.config/pulse").mkdir(parents=True)
        (self._folder / "home/.config/pulse/daemon.conf").write_text(DAEMON_CONF)
        (self._folder / "asound.conf").write_text(ASOUND_CONF.format(server=self._server))

    def _choose_defaults(self) -> None:
        self._run(["pactl", "set-default-source", "micfeed.monitor"])
        self._run(["pactl", "set-default-sink", "spk"])

    def _client_env(self) -> dict[str, str]:
        private = {
            "HOME": str(self._folder / "home"),
            "XDG_RUNTIME_DIR": str(self._folder / "run"),
            "PULSE_RUNTIME_PATH": str(self._folder / "run"),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        return {**os.environ, **private, **self.env}

    def _start(self) -> subprocess.Popen[bytes]:
        native = f"module-native-protocol-unix socket={self._folder / 'native'} auth-anonymous=1"
        modules = [native, _sink("micfeed", CAPTURE_RATE_HZ), _sink("spk", PLAYBACK_RATE_HZ)]
        command = ["pulseaudio", "-n", "-F", "/dev/null", "--daemonize=no", "--use-pid-file=no"]
        command += ["--exit-idle-time=-1", "--log-target=stderr", "--log-level=error"]
        command += [word for module in modules for word in ("-L", module)]
        env = self._client_env()
        del env["PULSE_SERVER"]
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(command, stderr=log, env=env)  # noqa: S603

    def _wait_until_up(self) -> None:
        deadline_s = time.monotonic() + START_LIMIT_S
        while subprocess.run(
            ["pactl", "info"],  # noqa: S607
            env=self._client_env(),
            capture_output=True,
            check=False,
        ).returncode:
            if time.monotonic() > deadline_s:
                self.stop()
                raise RuntimeError(f"PulseAudio: {(self._folder / 'log').read_text()}")
            time.sleep(0.02)
        hurry(self._daemon.pid)

    def _run(self, command: list[str], stdin: bytes = b"") -> bytes:
        return subprocess.run(  # noqa: S603
            command, input=stdin, env=self._client_env(), check=True, capture_output=True
        ).stdout


@contextmanager
def doing_only(sound: SoundFormat) -> Iterator[None]:
    """Let every device do `sound` only, as hats do and many a USB sound card."""
    really = pyaudio.PyAudio.open

    def open_stream(library: pyaudio.PyAudio, *, rate: int, channels: int, **how: Any) -> Any:  # noqa: ANN401
        if rate != sound.rate_hz:
            raise OSError(INVALID_SAMPLE_RATE, "Invalid sample rate")
        if channels != sound.channels:
            raise OSError(INVALID_CHANNEL_COUNT, "Invalid number of channels")
        return really(library, rate=rate, channels=channels, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyaudio.PyAudio, "open", open_stream)
        yield


def require_programs() -> None:
    """Fail with the line to type when the sound server is not installed."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        raise RuntimeError(f"{', '.join(missing)} missing: {INSTALL}")


@contextmanager
def running_sound_server(folder: Path) -> Iterator[SoundServer]:
    """Run a sound server and make it this process's default sound devices."""
    server = SoundServer(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.env.items():
            patch.setenv(name, value)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """The server that tests share; a test that breaks its server starts its own."""
    with running_sound_server(tmp_path_factory.mktemp("sound")) as server:
        yield server
