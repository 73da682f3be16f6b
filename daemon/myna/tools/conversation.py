"""The tool that ends the conversation."""

from __future__ import annotations

from myna.tools.tool import Ended, Result, Tool


def conversation_tools() -> list[Tool]:
    """Return `end_conversation`."""

    async def end_conversation() -> Result:
        """End the conversation, when the user says goodbye, thanks you, or is done."""
        return Ended({"ended": True})

    # It is the caller that ends the conversation, and it must be told each time.
    return [Tool.from_function(end_conversation, is_reading=True)]
