"""The body of the speaker: touches devices, and decides nothing.

Belongs here: drivers for sound, lights, buttons, cameras and outputs, each with
its simulated twin, and the value types that both sides exchange. Does not: any
knowledge of conversations, sessions or models; nothing here imports `myna`.
"""
