from __future__ import annotations

import os
import signal
import threading
import time
from queue import SimpleQueue

from myna.service.os_signals import answering


def test_a_signal_is_answered_while_the_main_thread_is_busy() -> None:
    answers: SimpleQueue[tuple[str, threading.Thread]] = SimpleQueue()

    def answer() -> None:
        answers.put(("hup", threading.current_thread()))

    with answering({signal.SIGHUP: answer}):
        os.kill(os.getpid(), signal.SIGHUP)
        word, thread = answers.get(timeout=5)
    assert word == "hup"
    assert thread is not threading.main_thread()


def test_other_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with answering({signal.SIGHUP: time.time}):  # type: ignore[dict-item]
        assert signal.getsignal(signal.SIGHUP) is not before
    assert signal.getsignal(signal.SIGHUP) is before
    assert signal.set_wakeup_fd(-1) == -1


def test_other_signals_are_passed_over() -> None:
    answers: SimpleQueue[str] = SimpleQueue()
    others: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: others.append(number))
    try:
        with answering({signal.SIGHUP: lambda: answers.put("hup")}):
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), signal.SIGHUP)
            assert answers.get(timeout=5) == "hup"
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert others == [signal.SIGUSR1]
    assert answers.empty()
