"""What the speaker says by itself, in recorded words: what is wrong, and what it needs.

Here belongs which words there are, for which trouble, and when each is said. How trouble is
found does not (`health.py`, `live/closes.py`), nor how a sound reaches the air
(`audio/signals.py`).
"""
