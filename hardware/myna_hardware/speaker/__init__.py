"""Speakers: PyAudio, a WAV file in real time, and a simulated one that remembers."""

from __future__ import annotations

from myna_hardware.interfaces import Speaker
from myna_hardware.settings import SpeakerSettings


def open_speaker(settings: SpeakerSettings, buffer_periods: int = 1) -> Speaker:
    """Open the speaker that `settings` describe.

    Args:
        settings: Which, and how.
        buffer_periods: How many times the smallest buffer a sound card is to have.

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

            return SoundCardSpeaker(settings.device, buffer_periods)


def list_speakers() -> list[str]:
    """Return the names that `speaker.device` takes, apart from those of ALSA.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """
    from myna_hardware.portaudio import PLAYBACK, find_devices

    return find_devices(PLAYBACK)
