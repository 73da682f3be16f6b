"""What well-formed messages must mean to be accepted: one small function per rule. PURE.

The real server answers nearly all of these with 1007 "Request contains an invalid
argument."; `Refusal.why` says which rule it was.
"""

from __future__ import annotations

import re
from typing import Final

from myna.simulator.messages import (
    Blob,
    ClientContent,
    RealtimeInput,
    Setup,
    Tool,
    ToolResponse,
)
from myna.simulator.refusal import invalid_argument, refusal
from myna_hardware.units import CAPTURE_RATE_HZ, SAMPLE_BYTES

_TOOL_NAME: Final = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
_AUDIO_TYPE: Final = re.compile(r"audio/pcm(?:;\s*rate=(\d{1,6}))?")
_IMAGE_STARTS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
_READABLE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "text/plain"})
_RATES_HZ: Final = range(4_000, 192_001)
"""Any rate is resampled if it is declared (capabilities guide); the ends are ours."""
_STILL_INTERVAL_S: Final = 0.9
"""One still a second is the limit (capabilities guide); a tenth is left to the network."""


def check_setup(setup: Setup) -> None:
    """Refuse a setup that no native-audio model accepts."""
    if not re.fullmatch(r"models/\S+", setup.model):
        raise invalid_argument(f"model must be models/NAME, not {setup.model!r}")
    if setup.generation_config.response_modalities != ("AUDIO",):
        raise invalid_argument('responseModalities must be ["AUDIO"]: Live answers in one modality')
    for tool in setup.tools:
        _check_tool(tool)


def _check_tool(tool: Tool) -> None:
    if tool.code_execution is not None or tool.url_context is not None:
        raise invalid_argument("codeExecution and urlContext are not supported in Live")
    for function in tool.function_declarations:
        if not _TOOL_NAME.fullmatch(function.name):
            raise invalid_argument(f"not a function name: {function.name!r}")


def check_input(user: RealtimeInput, *, is_automatic: bool) -> None:
    """Refuse input that is not one acceptable piece.

    Args:
        user: The message.
        is_automatic: Whether the server does the end-pointing in this session.
    """
    if user.media_chunks is not None:
        raise refusal("media_chunks")
    members = [name for name in user.__struct_fields__ if getattr(user, name) is not None]
    if len(members) != 1:
        raise invalid_argument(f"realtimeInput takes one member per message, not {members}")
    if user.audio is not None:
        _check_audio(user.audio)
    if user.video is not None:
        _check_still(user.video)
    _check_activity(members[0], is_automatic=is_automatic)
    if user.audio_stream_end is False:
        raise invalid_argument("audioStreamEnd is true or absent")


def audio_rate_hz(audio: Blob) -> int:
    """Return the declared rate, 16 kHz when there is none, 0 when it is no PCM."""
    kind = _AUDIO_TYPE.fullmatch(audio.mime_type)
    return int(kind[1] or CAPTURE_RATE_HZ) if kind else 0


def _check_audio(audio: Blob) -> None:
    if audio_rate_hz(audio) not in _RATES_HZ:
        raise invalid_argument(f"audio must be audio/pcm;rate=16000, not {audio.mime_type!r}")
    if not audio.data or len(audio.data) % SAMPLE_BYTES:
        raise invalid_argument(f"{len(audio.data)} bytes are no whole number of 16-bit samples")


def _check_still(still: Blob) -> None:
    start = _IMAGE_STARTS.get(still.mime_type)
    if start is None:
        raise invalid_argument(f"a still is image/jpeg or image/png, not {still.mime_type!r}")
    if not still.data.startswith(start):
        raise invalid_argument(f"the still is no {still.mime_type}")


def _check_activity(member: str, *, is_automatic: bool) -> None:
    if member == "audio_stream_end" and not is_automatic:
        raise invalid_argument("audioStreamEnd goes with automatic activity detection only")
    if member in {"activity_start", "activity_end"} and is_automatic:
        raise invalid_argument("activityStart and activityEnd need the detection disabled")


def check_still_interval(previous_s: float | None, now_s: float) -> None:
    """Refuse a still that follows the `previous_s` one too soon."""
    if previous_s is not None and now_s - previous_s < _STILL_INTERVAL_S:
        raise invalid_argument(
            f"a still {now_s - previous_s:.2f} s after the last: at most one a second"
        )


def check_tool_response(response: ToolResponse) -> None:
    """Refuse an answer that does not say which call it answers."""
    if not response.function_responses:
        raise invalid_argument("a toolResponse without functionResponses")
    if not all(answer.id for answer in response.function_responses):
        raise invalid_argument("every functionResponse echoes the id of its call")
    for answer in response.function_responses:
        for part in answer.parts:
            if part.inline_data.mime_type not in _READABLE:
                raise invalid_argument(
                    f"{part.inline_data.mime_type!r} in an answer: images and plain text are read"
                )


def check_content(content: ClientContent, *, takes_calls: bool) -> None:
    """Refuse history that a model cannot be told.

    Args:
        content: The turns.
        takes_calls: Whether this model reads calls and their answers in them.
    """
    for part in content.parts:
        if not takes_calls and (part.function_call or part.function_response):
            raise invalid_argument("this model takes no calls in its history")
        media = part.inline_data
        is_audio = media is not None and media.mime_type.startswith("audio/")
        if media and is_audio and audio_rate_hz(media) != CAPTURE_RATE_HZ:
            raise refusal("not_implemented", "audio in the history has 16 kHz")
