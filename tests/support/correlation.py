"""How much of one sound is another. PURE."""

from __future__ import annotations

import numpy as np

from support.acoustics import from_pcm


def likeness(words: bytes, sound: bytes) -> float:
    """Return the correlation of `words` with the part of `sound` that fits best: 1 is equal."""
    needle, hay = from_pcm(words).astype(float), from_pcm(sound).astype(float)
    if len(hay) == 0:
        return 0.0
    size = 1 << (len(hay) + len(needle)).bit_length()
    spectrum = np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size))
    best = int(np.argmax(np.fft.irfft(spectrum, size)[: len(hay)]))
    there = hay[best : best + len(needle)]
    there = np.pad(there, (0, len(needle) - len(there)))
    return float(there @ needle / (np.linalg.norm(there) * np.linalg.norm(needle) + 1e-9))
