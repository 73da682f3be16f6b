"""A conversation's line to the server: one conversation over all its sessions.

What belongs here: what is decided about sessions (when to open the next one, what it is
told, what is sent first). All of it is pure but `link.py`, the shell. What one session
says and understands is `myna.live`'s; what a conversation is, `myna.conversation`'s.
"""
