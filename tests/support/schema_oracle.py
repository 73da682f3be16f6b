"""Google's public v1beta schema of the Live API as a judge of frames.

The descriptors are those of the package google-ai-generativelanguage, copied into a
pool of their own, because they are older than the server: what is documented or
measured and missing in them is added by the tables below, one row a field, each with
its source. What the server was measured to refuse is never added: `transparent` in
sessionResumption (gemini-live-resume-test, 2026-10-02), `safetySettings` (2026-08-20).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from google.ai.generativelanguage_v1beta.types import generative_service
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

Version: TypeAlias = Literal["v1beta", "v1alpha"]
Direction: TypeAlias = Literal["Client", "Server"]

_PACKAGE: Final = "google.ai.generativelanguage.v1beta"
_SETUP: Final = "BidiGenerateContentSetup"
_CONTENT: Final = "BidiGenerateContentServerContent"
_SERVER: Final = "BidiGenerateContentServerMessage"
_TRANSCRIPTION: Final = "BidiGenerateContentTranscription"
_COVERAGE: Final = "RealtimeInputConfig.TurnCoverage"
_DURATION: Final = "google.protobuf.Duration"

_THINKING: Final = '"Thinking in Live API" guide; model page of gemini-3.8-live'
_SESSIONS: Final = "pydantic-ai recorded cassettes; google-genai 3.4 types"
_SEEDING: Final = "google-genai 3.4 types; adk-python#5018; pydantic-ai, verified live"
_ACTIVITY: Final = "gemini-live-resume-test, 2026-10-02; `type` in google-genai's converter"
_PREVIEW: Final = "capabilities guide; v1alpha only: v1beta measured to close 1007, 2026-09-09"


@dataclass(frozen=True, slots=True)
class Added:
    """One field that the package lacks.

    Attributes:
        message: Where it belongs; made if there is no such message.
        field: Its name in snake_case.
        kind: A scalar, or a message or enum of the package by name; `[]` is repeated.
        source: Who says so.
    """

    message: str
    field: str
    kind: str
    source: str


ADDED: Final = (
    Added("ThinkingConfig", "thinking_level", "ThinkingLevel", _THINKING),
    Added("TranslationConfig", "target_language_code", "string", "google-genai 3.4 types"),
    Added("TranslationConfig", "echo_target_language", "bool", "google-genai 3.4 types"),
    Added("GenerationConfig", "translation_config", "TranslationConfig", "google-genai 3.4 types"),
    Added("HistoryConfig", "initial_history_in_client_content", "bool", _SEEDING),
    Added(_SETUP, "history_config", "HistoryConfig", _SEEDING),
    Added("AudioTranscriptionConfig", "language_codes", "string[]", "google-genai 3.4 types"),
    Added("BidiGenerateContentSetupComplete", "session_id", "string", _SESSIONS),
    Added(_TRANSCRIPTION, "finished", "bool", _SESSIONS),
    Added(_TRANSCRIPTION, "language_code", "string", _SESSIONS),
    Added(_CONTENT, "interim_input_transcription", _TRANSCRIPTION, "google-genai 3.4 types"),
    Added(_CONTENT, "turn_complete_reason", "TurnCompleteReason", "google-genai 3.4 types"),
    Added(_CONTENT, "interaction_status", "InteractionStatus", _THINKING),
    Added(_SERVER, "interaction_status", "InteractionStatus", _THINKING),
    Added("VoiceActivity", "type", "ActivityType", _ACTIVITY),
    Added("VoiceActivity", "audio_offset", _DURATION, _ACTIVITY),
    Added(_SERVER, "voice_activity", "VoiceActivity", _ACTIVITY),
)
"""What the server of v1beta knows beyond the package."""

PREVIEW: Final = (
    Added("ProactivityConfig", "proactive_audio", "bool", _PREVIEW),
    Added("ProactivityConfig", "proactive_video", "bool", _PREVIEW),
    Added(_SETUP, "proactivity", "ProactivityConfig", _PREVIEW),
    Added("GenerationConfig", "enable_affective_dialog", "bool", _PREVIEW),
)
"""What v1alpha knows beyond that."""

ENUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "ThinkingLevel": ("MINIMAL", "LOW", "MEDIUM", "HIGH"),
    "TurnCompleteReason": ("NEED_MORE_INPUT", "MALFORMED_FUNCTION_CALL", "RESPONSE_REJECTED"),
    "InteractionStatus": ("IN_PROGRESS", "IDLE", "REQUIRES_ACTION"),
    "ActivityType": ("ACTIVITY_START", "ACTIVITY_END"),
}
"""New ones; sources are those of the fields that use them."""

_NEW_COVERAGE: Final = "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"
"""Default of 3.1 and newer (google-genai 3.4 types; model page of gemini-3.8-live)."""

_FIRST_NUMBER: Final = 1001
"""JSON carries no field numbers: any that are free will do."""
_SCALARS: Final = {
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
}

RefusedError: Final = json_format.Error


def parse(
    text: str | bytes, direction: Direction = "Client", version: Version = "v1beta"
) -> dict[str, Any]:
    """Read one frame as strictly as protobuf can; return it as protobuf writes it.

    NaN in a Struct is read without complaint and only refused when written, as a server
    has to when it passes the answer of a tool on.

    Raises:
        RefusedError: The schema does not allow it.
    """
    message = _message_class(direction, version)()
    json_format.Parse(text, message, ignore_unknown_fields=False)
    read: dict[str, Any] = json_format.MessageToDict(message)
    return read


@cache
def _message_class(direction: Direction, version: Version) -> Any:  # noqa: ANN401 - made here
    name = f"{_PACKAGE}.BidiGenerateContent{direction}Message"
    return message_factory.GetMessageClass(_pool(version).FindMessageTypeByName(name))


@cache
def _pool(version: Version) -> Any:  # noqa: ANN401 - protobuf ships no types
    files = _copied_files()
    service = next(each for each in files if each.name.endswith("/generative_service.proto"))
    _add_enums(service)
    for number, row in enumerate(_rows(version), _FIRST_NUMBER):
        _add_field(service, row, number)
    pool = descriptor_pool.DescriptorPool()
    for each in files:
        pool.Add(each)
    return pool


def _rows(version: Version) -> Iterable[Added]:
    return ADDED if version == "v1beta" else (*ADDED, *PREVIEW)


def _copied_files() -> list[Any]:
    """Copy the file of the messages and all that it needs, what is needed first."""
    known = generative_service.BidiGenerateContentClientMessage
    copies: dict[str, Any] = {}

    def copy(file: Any) -> None:  # noqa: ANN401 - protobuf ships no types
        if file.name not in copies:
            for needed in file.dependencies:
                copy(needed)
            copies[file.name] = descriptor_pb2.FileDescriptorProto()
            file.CopyToProto(copies[file.name])

    copy(known.pb(known()).DESCRIPTOR.file)
    return list(copies.values())


def _add_enums(file: Any) -> None:  # noqa: ANN401 - protobuf ships no types
    for name, values in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate((f"{name.upper()}_UNSPECIFIED", *values)):
            enum.value.add(name=value, number=number)
    outer, inner = _COVERAGE.split(".")
    coverage = next(each for each in _message(file, outer).enum_type if each.name == inner)
    coverage.value.add(name=_NEW_COVERAGE, number=_FIRST_NUMBER)


def _add_field(file: Any, row: Added, number: int) -> None:  # noqa: ANN401 - as above
    field_type = descriptor_pb2.FieldDescriptorProto
    kind = row.kind.removesuffix("[]")
    field = _message(file, row.message).field.add(name=row.field, number=number)
    is_repeated = row.kind.endswith("[]")
    field.label = field_type.LABEL_REPEATED if is_repeated else field_type.LABEL_OPTIONAL
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = field_type.TYPE_ENUM if kind in ENUMS else field_type.TYPE_MESSAGE
        field.type_name = f".{kind}" if "." in kind else f".{_PACKAGE}.{kind}"


def _message(file: Any, name: str) -> Any:  # noqa: ANN401 - protobuf ships no types
    found = [each for each in file.message_type if each.name == name]
    return found[0] if found else file.message_type.add(name=name)
