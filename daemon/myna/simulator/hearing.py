"""The server's ears and eyes: what realtimeInput does to the conversation."""

from __future__ import annotations

import time

from myna.simulator import frames, rules
from myna.simulator.endpointing import SILENCE_MS, Edge, Endpointer
from myna.simulator.messages import Blob, RealtimeInput, RealtimeInputConfig
from myna.simulator.performer import Performer
from myna.simulator.refusal import refusal
from myna.simulator.sounds import at_capture_rate
from myna.simulator.stage import Stage
from myna_hardware.units import seconds_for


class Hearing:
    """Listens on one connection.

    Args:
        config: As the setup wants it.
        stage: Where voiceActivity is sent, and what was heard is kept.
        performer: Whom to tell.
    """

    def __init__(self, config: RealtimeInputConfig, stage: Stage, performer: Performer) -> None:
        detection = config.automatic_activity_detection
        self._is_automatic = not detection.disabled
        self._is_interruptible = config.activity_handling != "NO_INTERRUPTION"
        self._endpointer = Endpointer(
            detection.silence_duration_ms or SILENCE_MS, stage.options.speech_threshold
        )
        self._performer = performer
        self._outbox = stage.outbox
        self._record = stage.record
        self._blocks = stage.options.blocking_calls_refuse_audio
        self._last_still_s: float | None = None

    async def take(self, user: RealtimeInput) -> None:
        """Take one piece of what the user does.

        Raises:
            Refusal: It is not acceptable.
        """
        rules.check_input(user, is_automatic=self._is_automatic)
        if user.audio is not None:
            await self._hear(user.audio)
        elif user.video is not None:
            self._see(user.video)
        elif user.text is not None:
            await self.read(user.text, "text")
        elif user.audio_stream_end is not None:
            await self._on_stream_end()
        else:
            await self._on_activity("start" if user.activity_start is not None else "end")

    async def read(self, text: str, kind: str) -> None:
        """Take a text of the user, which came under the wire name `kind`."""
        self._record.add_text(text)
        self._record.note("client", kind)
        await self._performer.interrupt()
        self._performer.trigger("text", text)

    async def _hear(self, audio: Blob) -> None:
        if self._blocks and self._performer.is_blocked:
            raise refusal("not_implemented", "audio while a blocking call is pending")
        pcm = at_capture_rate(audio.data, rules.audio_rate_hz(audio))
        self._record.add_audio(pcm)
        self._record.note("client", "audio")
        if self._is_automatic:
            await self._on_edges(self._endpointer.feed(pcm))

    def _see(self, still: Blob) -> None:
        now_s = time.monotonic()
        rules.check_still_interval(self._last_still_s, now_s)
        self._last_still_s = now_s
        self._record.add_still(still)
        self._record.note("client", "video")
        self._performer.trigger("still")

    async def _on_stream_end(self) -> None:
        self._record.audio_stream_ends += 1
        self._record.note("client", "audioStreamEnd")
        await self._on_edges(self._endpointer.end())

    async def _on_edges(self, edges: list[Edge]) -> None:
        for edge in edges:
            await self._outbox.send(frames.voice_activity(edge.kind, edge.offset_s))
            await self._on_speech(edge)

    async def _on_activity(self, kind: str) -> None:
        self._record.note("client", f"activity{kind.capitalize()}")
        offset_s = seconds_for(self._record.heard_frames)
        await self._on_speech(Edge("start" if kind == "start" else "end", offset_s))

    async def _on_speech(self, edge: Edge) -> None:
        if edge.kind == "end":
            self._performer.trigger("speech")
        elif self._is_interruptible:
            await self._performer.interrupt()
