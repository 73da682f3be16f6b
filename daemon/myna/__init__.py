"""The brain of the speaker: decides what to do, and touches no device.

Belongs here: the conversation, the Live session, the audio path, wake engines,
tools, control, the simulator, and the commands. Does not: anything that opens a
device (that is `myna_hardware`).
"""

__version__ = "0.1.0"
