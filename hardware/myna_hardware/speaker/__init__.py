"""Speakers: PyAudio, a WAV file in real time, and a simulated one that remembers."""

from __future__ import annotations

from myna_hardware.interfaces import Speaker
from myna_hardware.settings import SpeakerSettings


def open_speaker(settings: SpeakerSettings) -> Speaker:
    """Open the speaker that `settings` describe.

    Raises:
        HardwareError: It cannot be opened; the text has the cure.
    """
    match settings.driver:
        case "file":
            from myna_hardware.speaker.file import FileSpeaker

            return FileSpeaker(settings.path)
        case "simulated":
            from myna_hardware.speaker.simulated import SimulatedSpeaker

            return SimulatedSpeaker()
        case "pyaudio":
            from myna_hardware.speaker.sound_card import SoundCardSpeaker

            return SoundCardSpeaker(settings.device)


def list_speakers() -> list[str]:
    """Return the names that `speaker.device` takes, apart from those of ALSA.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """
    from myna_hardware.portaudio import PLAYBACK, find_devices

    return find_devices(PLAYBACK)
