"""Routes as the kernel writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from myna.line.route import has_default_route

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
HOME = "wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
ZERO = "0" * 32
LINK_6 = f"fe80{'0' * 28} 40 {ZERO} 00 {ZERO} 00000400 00000001 00000000 00000001    wlan0\n"
DEFAULT_6 = f"{ZERO} 00 {ZERO} 00 fe80{'0' * 27}1 00000400 00000001 00000000 00450003    wlan0\n"
NOWHERE_6 = f"{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo\n"


@pytest.mark.parametrize(
    ("v4", "v6", "is_there"),
    [
        (HEAD + HOME + DEFAULT, NOWHERE_6, True),
        (HEAD + HOME, LINK_6 + DEFAULT_6, True),
        (HEAD + HOME, LINK_6 + NOWHERE_6, False),
        (HEAD, "", False),
        (HEAD + DEFAULT, None, True),
        (None, DEFAULT_6, True),
        (None, NOWHERE_6, False),
        (None, None, True),
    ],
)
def test_way_out_is_a_default_route_of_either_kind(
    tmp_path: Path, v4: str | None, v6: str | None, is_there: bool
) -> None:
    for name, text in (("route", v4), ("ipv6_route", v6)):
        if text is not None:
            (tmp_path / name).write_text(text)
    assert has_default_route(tmp_path) is is_there


def test_tables_of_this_machine_are_read_without_fail() -> None:
    assert has_default_route() in {True, False}
