"""What one connection does with every message after the setup."""

from __future__ import annotations

from myna.simulator import rules
from myna.simulator.hearing import Hearing
from myna.simulator.messages import Blob, ClientContent, ClientMessage, Setup, ToolResponse
from myna.simulator.models import check_scheduling, find_model
from myna.simulator.performer import Performer
from myna.simulator.refusal import invalid_argument, not_setup_first
from myna.simulator.stage import Stage


class Conversing:
    """Takes messages, and says no where the model does.

    Args:
        setup: What the client asked for.
        stage: Where it happens.
        performer: Who answers.
    """

    def __init__(self, setup: Setup, stage: Stage, performer: Performer) -> None:
        self._hearing = Hearing(setup.realtime_input_config, stage, performer)
        self._record = stage.record
        self._performer = performer
        self._model = find_model(setup.model)
        self._is_seeding = setup.history_config.initial_history_in_client_content
        config = setup.generation_config
        self._is_doomed = config.enable_affective_dialog and self._model.affective == "fatal"

    async def take(self, message: ClientMessage) -> None:
        """Take one message.

        Raises:
            Refusal: It is not acceptable.
        """
        if message.first is not None:
            raise not_setup_first()
        if self._is_doomed:
            raise invalid_argument("this model takes enableAffectiveDialog, and fails with it")
        if message.realtime_input is not None:
            await self._hearing.take(message.realtime_input)
        elif message.client_content is not None:
            await self._take_content(message.client_content)
        elif message.tool_response is not None:
            self._take_answers(message.tool_response)
        else:
            raise invalid_argument("a message without a top-level key")

    async def _take_content(self, content: ClientContent) -> None:
        if not self._is_seeding and not self._model.takes_content:
            raise invalid_argument("this model takes clientContent only to seed a history")
        rules.check_content(content, takes_calls=self._model.takes_seeded_calls)
        for part in content.parts:
            self._see(part.inline_data)
        self._record.add_history(content.turns)
        if content.turn_complete and not self._is_seeding:
            await self._hearing.read(content.text, "clientContent")
            return
        self._record.note("client", "clientContent")
        if not self._is_seeding:
            await self._performer.interrupt()
        self._is_seeding = self._is_seeding and not content.turn_complete

    def _take_answers(self, response: ToolResponse) -> None:
        rules.check_tool_response(response)
        check_scheduling(self._model, response.function_responses)
        for answer in response.function_responses:
            for part in answer.parts if self._model.reads_parts else ():
                self._see(part.inline_data)
            self._performer.answer(answer)
        self._record.note("client", "toolResponse")

    def _see(self, media: Blob | None) -> None:
        if media is not None and media.mime_type.startswith("image/"):
            self._record.add_still(media)
