"""`python -m support.witness run ...`: `myna`, with somebody who watches its simulated lights.

What is to be seen is written to the file that `$WITNESS` names, a line for each drawing:
`lit`, `dark`, or `closed`. So it is known how the lights were left, however the process ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from myna.__main__ import main
from myna_hardware.lights import simulated
from myna_hardware.lights.colours import Colours
from myna_hardware.lights.pixels import Pixels
from myna_hardware.lights.scene import Scene


def watch(path: str) -> None:
    """Write down each drawing from now on."""
    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    show = simulated._WatchedPixels.show

    def shown(pixels: simulated._WatchedPixels, colours: Colours, scene: Scene) -> None:
        show(pixels, colours, scene)
        os.write(notes, b"lit\n" if any(map(any, colours)) else b"dark\n")

    begin = simulated._WatchedPixels.__init__

    def begun(
        pixels: simulated._WatchedPixels, real: Pixels, see: Callable[[Colours, Scene], None]
    ) -> None:
        def close() -> None:
            real.close()
            os.write(notes, b"closed\n")

        begin(pixels, real, see)
        pixels.close = close

    simulated._WatchedPixels.__init__ = begun  # type: ignore[assignment, method-assign]
    simulated._WatchedPixels.show = shown  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    watch(os.environ["WITNESS"])
    main()
