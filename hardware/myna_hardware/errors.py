"""The errors of the body.

    HardwareError
      DriverMissingError(ImportError)   a library is not installed; names the package
      DeviceNotFoundError               no device of that name
      DeviceBusyError                   another program holds it
      DeviceLostError                   it was there and went away
      BadFormatError(ValueError)        a file or device of the wrong shape

Drivers translate their library's exceptions into these once, with `raise ... from`.
Each error holds its facts as fields and writes one line, cure included, in `__str__`.
"""

from __future__ import annotations


class HardwareError(Exception):
    """Something about a device; the text is one line that names the cure.

    Attributes:
        device: The name by which the configuration knows the device.
        problem: What is wrong, and the cure.
    """

    def __init__(self, device: str, problem: str) -> None:
        super().__init__(device, problem)
        self.device = device
        self.problem = problem

    def __str__(self) -> str:
        return self.about("")

    def about(self, part: str) -> str:
        """Return the text for a line that begins with `part` already."""
        return self.problem if self.device == part else f"{self.device}: {self.problem}"


class DriverMissingError(HardwareError, ImportError):
    """A driver's library is not installed.

    Attributes:
        package: What to install, as one types it ("apt install python3-picamera2").
    """

    def __init__(self, device: str, library: str, package: str) -> None:
        super().__init__(device, f"{library} is not installed: {package}")
        self.package = package


class DeviceNotFoundError(HardwareError):
    """No device answers to the configured name."""


class DeviceBusyError(HardwareError):
    """The device exists, and another program holds it."""


class DeviceLostError(HardwareError):
    """A device that was open has gone away."""


class BadFormatError(HardwareError, ValueError):
    """A file or a device has a format that the speaker cannot use."""
