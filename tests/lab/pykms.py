"""Stand-in for the guest: picamera2 imports pykms for previews on a screen, which it has not."""


class _Formats:
    def __getattr__(self, name: str) -> str:
        return name


PixelFormat = _Formats()
