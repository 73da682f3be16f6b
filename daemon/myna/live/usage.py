"""What a turn cost, from the server's counts.

PURE. The counts and their details need not agree: details may be absent, or cover a
part; what they do not cover is counted without a modality.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from myna.live.events import TokensUsed
from myna.live.server_messages import ModalityTokens, UsageMetadata

_UNSPECIFIED: Final = "MODALITY_UNSPECIFIED"
_THOUGHTS: Final = "THOUGHTS"


def tokens_in(usage: UsageMetadata) -> TokensUsed:
    """Sum up one `usageMetadata`; what was read again from a cache was read."""
    output = _by_modality(
        usage.response_tokens_details or usage.candidates_tokens_details,
        usage.response_token_count or usage.candidates_token_count,
    )
    output[_THOUGHTS] += usage.thoughts_token_count
    prompt = _by_modality(usage.prompt_tokens_details, usage.prompt_token_count)
    prompt += _by_modality(usage.tool_use_prompt_tokens_details, usage.tool_use_prompt_token_count)
    return TokensUsed(dict(+prompt), dict(+output), usage.total_token_count)


def _by_modality(details: Iterable[ModalityTokens], count: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in details:
        counts[each.modality] += each.token_count
    counts[_UNSPECIFIED] += max(0, count - counts.total())
    return counts
