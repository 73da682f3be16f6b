from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import measured

KINDS = ("temperature", "humidity", "pressure", "light")


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("temperature", -12.3456, Quantity("temperature", -12.3, "°C")),
        ("humidity", 48.56, Quantity("humidity", 48.6, "%")),
        ("pressure", 1006.53, Quantity("pressure", 1006.5, "hPa")),
        ("light", 0, Quantity("light", 0, "lx")),
    ],
)
def test_quantity_is_rounded_and_has_its_unit(kind: str, value: float, told: Quantity) -> None:
    assert measured("sensor it", kind, value) == told


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("temperature", 151),
        ("temperature", -61),
        ("humidity", 0.045),  # a BME680 of an older kernel, in percent instead of its thousandths
        ("humidity", 101),
        ("pressure", 10_065),  # the same, in hPa instead of kPa
        ("pressure", 12),
        ("light", -1),
        *((kind, value) for kind in KINDS for value in (math.nan, math.inf, -math.inf)),
    ],
)
def test_quantity_that_cannot_be_is_refused(kind: str, value: float) -> None:
    with pytest.raises(HardwareError, match=rf"^sensor it: tells a {kind} of .*cannot be"):
        measured("sensor it", kind, value)


@given(st.sampled_from(KINDS), st.floats())
def test_quantity_is_a_number_near_what_was_measured_or_refused(kind: str, value: float) -> None:
    try:
        told = measured("sensor it", kind, value).value
    except HardwareError:
        return
    assert isinstance(told, float | int)
    assert math.isfinite(told)
    assert abs(told - value) <= 0.051
