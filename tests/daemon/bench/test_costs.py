"""What the chapters on cost make of the kernel's and of Python's own words."""

from __future__ import annotations

import os
import time
from typing import Final

from bench.performance.processes import Memory, cpu_s, memory_in
from bench.performance.start import imported_in

ROLLUP: Final = """\
55d0a4a00000-7ffd5a3f9000 ---p 00000000 00:00 0                          [rollup]
Rss:               64076 kB
Pss:               52434 kB
Pss_Dirty:         41108 kB
"""

LISTING: Final = """\
import time: self [us] | cumulative | imported package
import time:       210 |        210 |   _io
import time:      1401 |     219258 |     myna.app
07:09:34 INFO    myna: ready
import time:      1706 |     224679 | myna.service.serving
"""


def test_memory_is_read_in_mib() -> None:
    assert memory_in(ROLLUP) == Memory(rss_mib=64076 / 1024, pss_mib=52434 / 1024)


def test_imports_are_read_in_order() -> None:
    assert imported_in(LISTING) == ["_io", "myna.app", "myna.service.serving"]


def test_cpu_of_a_process_is_its_own_clock() -> None:
    before_s = time.process_time()
    measured_s = cpu_s(os.getpid())

    assert before_s <= measured_s <= time.process_time()
