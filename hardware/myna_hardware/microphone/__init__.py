"""Microphones: PyAudio, a WAV file in real time, and a simulated one that can be spoken to."""

from __future__ import annotations

from myna_hardware.interfaces import Microphone
from myna_hardware.settings import MicrophoneSettings


def open_microphone(settings: MicrophoneSettings, buffer_periods: int = 1) -> Microphone:
    """Open the microphone that `settings` describe, at the level that they ask for.

    Args:
        settings: Which, and how.
        buffer_periods: How many times the smallest buffer a sound card is to have.

    Raises:
        HardwareError: It cannot be opened; the text has the cure.
    """
    return with_gain(_open(settings, buffer_periods), settings.gain_db)


def with_gain(microphone: Microphone, gain_db: float) -> Microphone:
    """Return `microphone`, made as much louder as asked for."""
    if not gain_db:
        return microphone
    from myna_hardware.microphone.gain import GainedMicrophone

    return GainedMicrophone(microphone, gain_db)


def _open(settings: MicrophoneSettings, buffer_periods: int) -> Microphone:
    match settings.driver:
        case "file":
            from myna_hardware.microphone.file import FileMicrophone

            return FileMicrophone(settings.path, at_end=settings.at_end)
        case "simulated":
            from myna_hardware.microphone.simulated import SimulatedMicrophone

            return SimulatedMicrophone()
        case "pyaudio":
            from myna_hardware.microphone.sound_card import SoundCardMicrophone

            return SoundCardMicrophone(settings.device, buffer_periods)


def list_microphones() -> list[str]:
    """Return the names that `microphone.device` takes, apart from those of ALSA.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """
    from myna_hardware.portaudio import CAPTURE, find_devices

    return find_devices(CAPTURE)
