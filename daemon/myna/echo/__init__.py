"""Keeping the speaker from hearing itself.

Belongs here: the reference (what was really played, on the microphone's clock), the two
cancellers, the two branches that they make of the microphone, and the choice between
full and half duplex. Does not: threads and devices (`audio`, the body), what is done
with the branches (`audio.capture`), and what half duplex means to a conversation
(`performer`).
"""
