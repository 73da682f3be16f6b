"""The words. PURE data; `demo/make_speech.py` makes the recordings in `speech`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Notice(StrEnum):
    """One recorded sentence, by the name of its file."""

    OFFLINE = "offline"
    SIGN_IN = "sign_in"
    CLOCK = "clock"
    KEY = "key"
    QUOTA = "quota"
    MODEL = "model"
    SERVICE = "service"
    MICROPHONE = "microphone"
    WAKE_ENGINE = "wake_engine"
    MISSED = "missed"
    QUESTION = "question"
    BACK = "back"


TEXTS: Final[Mapping[Notice, str]] = {
    Notice.OFFLINE: "I can't reach the internet.",
    Notice.SIGN_IN: "The network asks for a sign-in.",
    Notice.CLOCK: "My clock seems to be wrong.",
    Notice.KEY: "I need a working A P I key.",
    Notice.QUOTA: "My limit is used up for now.",
    Notice.MODEL: "My model is gone. Please choose another.",
    Notice.SERVICE: "The service does not work just now.",
    Notice.MICROPHONE: "I can't hear. My microphone is gone.",
    Notice.WAKE_ENGINE: "I can't hear my name. Please press the button.",
    Notice.MISSED: "You missed a timer.",
    Notice.QUESTION: "Press the button to say yes.",
    Notice.BACK: "It works again.",
}
"""What each says, spelt as a synthetic voice reads it well."""
