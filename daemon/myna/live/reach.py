"""Whether the server is there at all."""

from __future__ import annotations

import asyncio

from myna.config import LiveSettings
from myna.errors import ConnectError
from myna.live.closes import UNREACHED, Phase, judge
from myna.live.endpoint import address_without_key
from myna.live.websocket import dial


async def can_reach(settings: LiveSettings) -> bool:
    """Say whether the server answers, to a request without a key that begins nothing.

    Whatever it thinks of that, it is there; what stands between it and us is not.
    """
    deadline_s = asyncio.get_running_loop().time() + settings.open_timeout_s
    try:
        socket = await dial(address_without_key(settings), deadline_s)
    except ConnectError as error:
        return judge(error, Phase.OPENING).kind not in UNREACHED
    await socket.close()
    return True
