"""What a Live server knows of the client's messages: tables, and nothing else. PURE.

Source: the public `generativelanguage_v1beta` proto (BidiGenerateContentClientMessage),
extended by the fields that were seen to be accepted; what was measured to be refused
(`proactivity` on v1beta, `transparent`, `safetySettings`) is not in it.

How to read it: a field's type is a scalar, an enum or a message by name; `[]` after it
means repeated, `{}` a map from strings. Names are camelCase as in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

Fields: TypeAlias = Mapping[str, str]

SCALARS: Final = frozenset(
    {"string", "bool", "int32", "int64", "float", "bytes", "struct", "value"}
)
"""`struct` is any JSON object, `value` any JSON at all."""

ENUMS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "GenerationConfig.Modality": frozenset({"TEXT", "IMAGE", "AUDIO", "VIDEO"}),
        "GenerationConfig.MediaResolution": frozenset(
            {"MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"}
        ),
        "ThinkingConfig.ThinkingLevel": frozenset({"MINIMAL", "LOW", "MEDIUM", "HIGH"}),
        "AutomaticActivityDetection.StartSensitivity": frozenset(
            {"START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"}
        ),
        "AutomaticActivityDetection.EndSensitivity": frozenset(
            {"END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"}
        ),
        "RealtimeInputConfig.ActivityHandling": frozenset(
            {"START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"}
        ),
        "RealtimeInputConfig.TurnCoverage": frozenset(
            {
                "TURN_INCLUDES_ONLY_ACTIVITY",
                "TURN_INCLUDES_ALL_INPUT",
                "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO",
            }
        ),
        "FunctionDeclaration.Behavior": frozenset({"BLOCKING", "NON_BLOCKING"}),
        "FunctionResponse.Scheduling": frozenset({"SILENT", "WHEN_IDLE", "INTERRUPT"}),
        "Type": frozenset({"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}),
    }
)

_SETUP: Final[Fields] = {
    "model": "string",
    "generationConfig": "GenerationConfig",
    "systemInstruction": "Content",
    "tools": "Tool[]",
    "realtimeInputConfig": "RealtimeInputConfig",
    "sessionResumption": "SessionResumptionConfig",
    "contextWindowCompression": "ContextWindowCompressionConfig",
    "inputAudioTranscription": "AudioTranscriptionConfig",
    "outputAudioTranscription": "AudioTranscriptionConfig",
    "historyConfig": "HistoryConfig",
}
_GENERATION_CONFIG: Final[Fields] = {
    "responseModalities": "GenerationConfig.Modality[]",
    "candidateCount": "int32",
    "maxOutputTokens": "int32",
    "temperature": "float",
    "topP": "float",
    "topK": "int32",
    "presencePenalty": "float",
    "frequencyPenalty": "float",
    "seed": "int32",
    "mediaResolution": "GenerationConfig.MediaResolution",
    "speechConfig": "SpeechConfig",
    "thinkingConfig": "ThinkingConfig",
    "translationConfig": "TranslationConfig",
}

_SETUP_MESSAGES: Final[Mapping[str, Fields]] = {
    "Setup": _SETUP,
    "GenerationConfig": _GENERATION_CONFIG,
    "SpeechConfig": {"voiceConfig": "VoiceConfig", "languageCode": "string"},
    "VoiceConfig": {"prebuiltVoiceConfig": "PrebuiltVoiceConfig"},
    "PrebuiltVoiceConfig": {"voiceName": "string"},
    "ThinkingConfig": {
        "thinkingBudget": "int32",
        "thinkingLevel": "ThinkingConfig.ThinkingLevel",
        "includeThoughts": "bool",
    },
    "TranslationConfig": {"targetLanguageCode": "string", "echoTargetLanguage": "bool"},
    "RealtimeInputConfig": {
        "automaticActivityDetection": "AutomaticActivityDetection",
        "activityHandling": "RealtimeInputConfig.ActivityHandling",
        "turnCoverage": "RealtimeInputConfig.TurnCoverage",
    },
    "AutomaticActivityDetection": {
        "disabled": "bool",
        "startOfSpeechSensitivity": "AutomaticActivityDetection.StartSensitivity",
        "endOfSpeechSensitivity": "AutomaticActivityDetection.EndSensitivity",
        "prefixPaddingMs": "int32",
        "silenceDurationMs": "int32",
    },
    "SessionResumptionConfig": {"handle": "string"},
    "ContextWindowCompressionConfig": {
        "triggerTokens": "int64",
        "slidingWindow": "SlidingWindow",
    },
    "SlidingWindow": {"targetTokens": "int64"},
    "AudioTranscriptionConfig": {"languageCodes": "string[]"},
    "HistoryConfig": {"initialHistoryInClientContent": "bool"},
}
_TOOL_MESSAGES: Final[Mapping[str, Fields]] = {
    "Tool": {
        "functionDeclarations": "FunctionDeclaration[]",
        "googleSearch": "Empty",
        "codeExecution": "Empty",
        "urlContext": "Empty",
    },
    "Empty": {},
    "FunctionDeclaration": {
        "name": "string",
        "description": "string",
        "behavior": "FunctionDeclaration.Behavior",
        "parameters": "Schema",
        "parametersJsonSchema": "value",
        "response": "Schema",
        "responseJsonSchema": "value",
    },
    "Schema": {
        "type": "Type",
        "format": "string",
        "title": "string",
        "description": "string",
        "nullable": "bool",
        "enum": "string[]",
        "items": "Schema",
        "maxItems": "int64",
        "minItems": "int64",
        "properties": "Schema{}",
        "required": "string[]",
        "minProperties": "int64",
        "maxProperties": "int64",
        "minimum": "float",
        "maximum": "float",
        "minLength": "int64",
        "maxLength": "int64",
        "pattern": "string",
        "example": "value",
        "anyOf": "Schema[]",
        "propertyOrdering": "string[]",
        "default": "value",
    },
}
_INPUT_MESSAGES: Final[Mapping[str, Fields]] = {
    "Content": {"parts": "Part[]", "role": "string"},
    "Part": {
        "text": "string",
        "inlineData": "Blob",
        "functionCall": "FunctionCall",
        "functionResponse": "FunctionResponse",
        "thought": "bool",
        "thoughtSignature": "bytes",
    },
    "Blob": {"mimeType": "string", "data": "bytes"},
    "FunctionCall": {"id": "string", "name": "string", "args": "struct"},
    "FunctionResponse": {
        "id": "string",
        "name": "string",
        "response": "struct",
        "scheduling": "FunctionResponse.Scheduling",
        "willContinue": "bool",
        "parts": "FunctionResponsePart[]",
    },
    "FunctionResponsePart": {"inlineData": "Blob"},
    "ClientContent": {"turns": "Content[]", "turnComplete": "bool"},
    "RealtimeInput": {
        "mediaChunks": "Blob[]",
        "audio": "Blob",
        "audioStreamEnd": "bool",
        "video": "Blob",
        "text": "string",
        "activityStart": "Empty",
        "activityEnd": "Empty",
    },
    "ToolResponse": {"functionResponses": "FunctionResponse[]"},
}
_CLIENT_MESSAGE: Final[Fields] = {
    "setup": "Setup",
    "clientContent": "ClientContent",
    "realtimeInput": "RealtimeInput",
    "toolResponse": "ToolResponse",
}

V1BETA: Final[Mapping[str, Fields]] = MappingProxyType(
    {
        **_SETUP_MESSAGES,
        **_TOOL_MESSAGES,
        **_INPUT_MESSAGES,
        "ClientMessage": _CLIENT_MESSAGE,
    }
)

V1ALPHA: Final[Mapping[str, Fields]] = MappingProxyType(
    {
        **V1BETA,
        "Setup": {**_SETUP, "proactivity": "ProactivityConfig"},
        "ProactivityConfig": {"proactiveAudio": "bool", "proactiveVideo": "bool"},
        "GenerationConfig": {**_GENERATION_CONFIG, "enableAffectiveDialog": "bool"},
    }
)
"""With the preview fields, which v1beta was measured to refuse."""

GUIDE: Final[Mapping[str, Fields]] = MappingProxyType(
    {
        **V1BETA,
        "ClientMessage": {
            "config": "GuideConfig",
            **{name: kind for name, kind in _CLIENT_MESSAGE.items() if name != "setup"},
        },
        "GuideConfig": {
            "model": "string",
            "responseModalities": "GenerationConfig.Modality[]",
            "systemInstruction": "Content",
        },
    }
)
"""The first message as the getting-started guide prints it, and the rest as it is."""
