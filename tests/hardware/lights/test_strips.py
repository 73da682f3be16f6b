"""Rows of pixels on SPI, read back by decoders of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.errors import DeviceLostError
from myna_hardware.lights import apa102, neopixel
from myna_hardware.lights.apa102 import Apa102Pixels
from myna_hardware.lights.colours import Colours
from myna_hardware.lights.neopixel import NeoPixels
from myna_hardware.lights.scene import Scene
from myna_hardware.spi import LARGEST_BYTES, SimulatedSpiBus
from support.strips import NEW_NS, OLD_NS, apa102_row, neopixel_row

shares = st.floats(0, 1)
rows = st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=64).map(tuple)


def flat(row: Colours | list[tuple[float, float, float]]) -> list[float]:
    return [part for pixel in row for part in pixel]


@given(rows)
def test_apa102_pixels_show_what_was_meant(row: Colours) -> None:
    shown = apa102_row(apa102.encode(row), len(row))
    assert len(shown) == len(row)
    assert flat(shown) == pytest.approx(flat(row), abs=0.51 / 255)


@given(st.floats(1e-3, 1 / 31))
def test_apa102_pixels_keep_a_nearly_dark_colour(share: float) -> None:
    (shown,) = apa102_row(apa102.encode(((share, share / 2, 0),)), 1)
    assert shown == pytest.approx((share, share / 2, 0), abs=0.51 / 255 / 31)


@pytest.mark.parametrize("pulses_ns", [OLD_NS, NEW_NS], ids=["WS2812B", "WS2812B-V5"])
@given(row=rows)
def test_neopixels_show_what_was_meant(
    row: Colours, pulses_ns: dict[str, tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    shown = neopixel_row(neopixel.encode(row), neopixel.SPEED_HZ, pulses_ns)
    assert flat(shown) == pytest.approx(flat(row), abs=1.01 / 255)


@pytest.mark.parametrize("encode", [apa102.encode, neopixel.encode])
def test_longest_row_fits_into_one_transfer(encode: object) -> None:
    assert callable(encode)
    assert len(encode(((1.0, 1.0, 1.0),) * 64)) <= LARGEST_BYTES


@pytest.mark.parametrize("encode", [apa102.encode, neopixel.encode])
def test_rows_leave_the_line_low(encode: object) -> None:
    assert callable(encode)
    assert encode(((1.0, 1.0, 1.0),))[-1] == 0


def test_whatever_is_not_dark_takes_at_least_one_step() -> None:
    faint, dark = (1e-3, 5e-4, 1e-3), (0.0, 0.0, 0.0)
    lit, out = neopixel_row(neopixel.encode((faint, dark)), neopixel.SPEED_HZ, NEW_NS)
    assert lit == pytest.approx((1 / 255, 0, 1 / 255))
    assert out == dark


@pytest.mark.parametrize("kind", [Apa102Pixels, NeoPixels])
def test_rows_pass_on_that_the_bus_is_lost_and_release_it(
    kind: type[Apa102Pixels] | type[NeoPixels],
) -> None:
    bus = SimulatedSpiBus()
    pixels = kind(bus, 2)
    assert pixels.canvas.count == 2
    pixels.show(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), Scene())
    bus.unplug()
    with pytest.raises(DeviceLostError, match="does not answer"):
        pixels.show(((0.0, 0.0, 0.0),) * 2, Scene())
    pixels.close()
    pixels.close()
    assert len(bus.sent) == 1
