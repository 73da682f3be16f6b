"""Music that plays on this machine already: looked at, steered, and kept low while we talk.

The players are not ours: MPD, and whatever speaks MPRIS on D-Bus. Here is what they can
be asked (`player.py`), one driver each, what a conversation does to them (`ducking.py`,
PURE) and who sees to it (`music.py`). No sound of ours passes through here.
"""
