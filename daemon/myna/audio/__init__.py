"""The audio path: pure blocks of PCM arithmetic, and the two threads that run them.

Belongs here: pre-roll, playout, levels, earcons, the capture and the playback
thread. Does not: opening devices (the body does), wake engines, sessions.
"""
