"""The configuration: what can be set, and reading, checking and showing it.

Belongs here: the Structs (re-exported here), the file, overrides, checks, and the texts
made from them. Does not: opening anything that is configured, or secrets, which never
stand in a configuration.
"""

from myna.config.schema import (
    GOOGLE,
    AudioSettings,
    BudgetSettings,
    Config,
    ControlSettings,
    ConversationSettings,
    LiveSettings,
    LogSettings,
    StateSettings,
    WakeSettings,
)

__all__ = [
    "GOOGLE",
    "AudioSettings",
    "BudgetSettings",
    "Config",
    "ControlSettings",
    "ConversationSettings",
    "LiveSettings",
    "LogSettings",
    "StateSettings",
    "WakeSettings",
]
