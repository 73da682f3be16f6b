"""Pictures while the user speaks, for a camera that is set to `stills = "speaking"`.

What the user shows belongs to the words that are being said, so the stream begins and
ends with them, and a noise that is taken for speech ends it after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from myna.tools.stills import Gaze
from myna_hardware.errors import HardwareError

LIMIT_S: Final = 20.0
"""The longest utterance that is accompanied: nobody shows things for longer at a time."""

CHECK_S: Final = 0.2


class StillStream:
    """Takes pictures and hands them on; lives in the event loop.

    Args:
        gaze: The camera; None where there is none, or it is to look only when asked. It
            tells its troubles itself.
    """

    def __init__(self, gaze: Gaze | None) -> None:
        self._gaze = gaze
        self._task: asyncio.Task[None] | None = None

    def start(self, show: Callable[[bytes], None]) -> None:
        """Begin, unless it has begun.

        Args:
            show: Takes each JPEG.
        """
        if self._gaze is not None and self._task is None:
            self._task = asyncio.create_task(self._look(self._gaze, show), name="stills")

    def stop(self) -> None:
        """End; a picture that is being taken is not shown any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self, gaze: Gaze, show: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        end_s = loop.time() + LIMIT_S
        while loop.time() < end_s:
            with suppress(HardwareError):
                still = await asyncio.to_thread(gaze.capture_if_due)
                if still is not None:
                    show(still.jpeg)
            await asyncio.sleep(CHECK_S)
