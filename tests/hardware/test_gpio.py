from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.gpio import (
    Pins,
    SimulatedPins,
    check_gpio_chips,
    left_as_driven,
    list_gpio_chips,
    prepare_lgpio,
    real_pins,
)
from support.gpio import EdgelessPin, MockBoard, WatchedPin


class SupportsClose(Protocol):
    def close(self) -> None: ...


def test_pin_in_use_is_refused_and_says_so() -> None:
    board = MockBoard()
    first = board.pins.switch("outputs.lamp", 17, active_high=True)
    with pytest.raises(DeviceBusyError, match=r"^lights: GPIO17 is used twice"):
        board.pins.dimmer("lights", 17, active_high=True)
    first.close()
    board.pins.dimmer("lights", 17, active_high=True).close()


def test_pin_that_the_board_lacks_is_refused() -> None:
    with pytest.raises(DeviceNotFoundError, match="this board has no GPIO53"):
        MockBoard().pins.contact("button", 53)


def test_dimmer_is_refused_when_the_factory_cannot_dim() -> None:
    pins = Pins(gpiozero, MockFactory(pin_class=MockPin))
    with pytest.raises(BadFormatError, match="cannot dim"):
        pins.dimmer("lights", 17, active_high=True)


@pytest.mark.parametrize(("active_high", "level"), [(True, 1), (False, 0)])
def test_output_of_lgpio_is_left_as_it_was_driven(active_high: bool, level: int) -> None:
    factory = MockFactory(pin_class=left_as_driven(MockPWMPin))
    pins = Pins(gpiozero, factory)
    output = pins.switch("outputs.fan", 4, active_high=active_high)
    output.value = 1
    output.close()
    assert (factory.pin(4).function, factory.pin(4).state) == ("output", level)
    pins.switch("outputs.fan", 4, active_high=active_high).close()
    assert factory.pin(4).state == 1 - level


@pytest.mark.parametrize("active_high", [True, False])
@pytest.mark.parametrize("is_on", [True, False])
def test_dimmed_output_of_lgpio_is_left_on_or_off(active_high: bool, is_on: bool) -> None:
    factory = MockFactory(pin_class=left_as_driven(MockPWMPin))
    strip = Pins(gpiozero, factory).dimmer("outputs.strip", 4, active_high=active_high)
    strip.value = 0.4
    strip.value = float(is_on)
    strip.close()
    assert factory.pin(4).state == (is_on == active_high)


def test_input_of_lgpio_is_let_go_of() -> None:
    factory = MockFactory(pin_class=left_as_driven(MockPWMPin))
    pins = Pins(gpiozero, factory)
    contact = pins.contact("button", 4)
    assert factory.pin(4).pull == "up"
    contact.close()
    assert factory.pin(4).function == "input"
    pins.switch("outputs.fan", 4, active_high=True).close()


class HeldPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that the kernel does not hand out, in lgpio's words."""

    refusal = "GPIO busy"

    def _set_function(self, value: str) -> None:
        if value == "output":
            raise OSError(self.refusal)
        super()._set_function(value)


class BrokenPin(HeldPin):
    refusal = "no such line"


@pytest.mark.parametrize(
    ("pin_class", "error", "text"),
    [
        (HeldPin, DeviceBusyError, "another program holds GPIO17"),
        (BrokenPin, HardwareError, "GPIO17 does not open: no such line"),
    ],
)
def test_pin_that_the_kernel_refuses_is_reported_in_one_line(
    pin_class: type[MockPin], error: type[HardwareError], text: str
) -> None:
    pins = Pins(gpiozero, MockFactory(pin_class=pin_class))
    with pytest.raises(error, match=text):
        pins.switch("outputs.lamp", 17, active_high=True)


class LentPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that another program holds for a while."""

    is_held = True

    def __init__(self, factory: MockFactory, info: object) -> None:
        if LentPin.is_held:
            message = "GPIO busy"
            raise OSError(message)
        super().__init__(factory, info)


@pytest.mark.parametrize(
    "open_pin",
    [
        lambda pins: pins.switch("outputs.lamp", 17, active_high=True),
        lambda pins: pins.contact("button", 17),
        lambda pins: pins.encoder("knob", 17, 18),
    ],
)
def test_pin_opens_when_the_other_program_has_let_go_of_it(
    open_pin: Callable[[Pins], SupportsClose], monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = Pins(gpiozero, MockFactory(pin_class=LentPin))
    troubles: list[HardwareError] = []
    try:
        open_pin(pins)
    except DeviceBusyError as error:
        troubles.append(error)  # kept, as whoever tries again later may
    monkeypatch.setattr(LentPin, "is_held", False)
    open_pin(pins).close()
    assert "another program holds GPIO17" in str(*troubles)


def test_simulated_input_rests_high_and_reports_every_edge() -> None:
    pins = SimulatedPins()
    contact = pins.contact("button", 23)
    edges: list[bool] = []

    def on_edge(age_s: float, *, is_closed: bool) -> None:
        assert age_s == 0
        edges.append(is_closed)

    assert contact.listen(on_edge)
    assert pins.level(23) == 1
    levels = [contact.is_closed]
    for high in (False, True):
        pins.drive(23, high=high)
        levels.append(contact.is_closed)
    contact.listen(None)
    pins.drive(23, high=False)
    contact.listen(on_edge)
    contact.close()
    contact.close()
    assert levels == [False, True, False]
    assert edges == [True, False]


class SlowPin(WatchedPin):
    """A pin whose edges are reported late, or by another clock."""

    lateness_s = 0.0

    def _call_when_changed(self) -> None:
        self._last_change -= self.lateness_s
        super()._call_when_changed()


@pytest.mark.parametrize(
    ("lateness_s", "age_s"), [(0.0, 0.0), (0.2, 0.2), (500.0, 0.0), (-500.0, 0.0)]
)
def test_contact_tells_how_old_an_edge_is_that_comes_late(lateness_s: float, age_s: float) -> None:
    board = MockBoard(SlowPin)
    contact = board.pins.contact("button", 23)
    board.pin(23).lateness_s = lateness_s
    ages_s: list[float] = []

    def on_edge(age_s: float, *, is_closed: bool) -> None:
        assert is_closed
        ages_s.append(age_s)

    contact.listen(on_edge)
    board.drive(23, high=False)
    contact.close()
    assert ages_s == pytest.approx([age_s], abs=0.1)


class CarelessPin(WatchedPin):
    """A pin that goes on with its edges when it is closed, as lgpio's does."""

    def close(self) -> None:
        self.function = "input"


def test_contact_says_nothing_after_close() -> None:
    board = MockBoard(CarelessPin)
    contact = board.pins.contact("button", 23)
    edges: list[bool] = []

    def on_edge(age_s: float, *, is_closed: bool) -> None:
        assert age_s == 0
        edges.append(is_closed)

    contact.listen(on_edge)
    contact.close()
    board.drive(23, high=False)
    assert edges == []
    assert board.pin(23).when_changed is None
    assert not contact.listen(on_edge)


def test_contact_says_whether_edges_can_be_had() -> None:
    def on_edge(age_s: float, *, is_closed: bool) -> None:
        raise AssertionError((age_s, is_closed))

    boards = (MockBoard(), MockBoard(EdgelessPin))
    contacts = [board.pins.contact("button", 23) for board in boards]
    assert [contact.listen(on_edge) for contact in contacts] == [True, False]
    for contact in contacts:
        contact.close()


@pytest.mark.parametrize(
    ("name", "error", "text"),
    [
        ("abacus", DeviceNotFoundError, "GPIOZERO_PIN_FACTORY=abacus is not a pin factory"),
        ("pigpio", DriverMissingError, "apt install pigpio python3-pigpio"),
    ],
)
def test_real_pins_name_the_cure_when_the_chosen_factory_does_not_load(
    name: str, error: type[HardwareError], text: str
) -> None:
    with pytest.raises(error, match=text):
        real_pins("lights", {"GPIOZERO_PIN_FACTORY": name})


def test_gpio_chips_are_listed_by_path(tmp_path: Path) -> None:
    for name in ("gpiochip4", "gpiochip0", "gpiomem"):
        (tmp_path / name).touch()
    assert list_gpio_chips(tmp_path) == [str(tmp_path / "gpiochip0"), str(tmp_path / "gpiochip4")]
    check_gpio_chips("lights", tmp_path)


def test_machine_without_gpio_chips_is_told_to_choose_another_driver(tmp_path: Path) -> None:
    with pytest.raises(
        DeviceNotFoundError, match=r"lights: this machine has no GPIO pins .*driver"
    ):
        check_gpio_chips("lights", tmp_path)


def test_user_outside_the_group_is_told_to_join_it(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").symlink_to("nowhere")  # not even root may open that
    with pytest.raises(HardwareError, match="usermod -aG gpio"):
        check_gpio_chips("lights", tmp_path)


def test_lgpio_gets_a_private_writable_folder() -> None:
    environ: dict[str, str] = {}
    prepare_lgpio(environ)
    folder = Path(environ["LG_WD"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder != Path.cwd()


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"RUNTIME_DIRECTORY": "/run/myna:/run/other"}, "/run/myna"),
        ({"LG_WD": "/chosen", "RUNTIME_DIRECTORY": "/run/myna"}, "/chosen"),
    ],
)
def test_lgpio_folder_follows_the_environment(environ: dict[str, str], folder: str) -> None:
    prepare_lgpio(environ)
    assert environ["LG_WD"] == folder
