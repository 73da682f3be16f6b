"""A Live server that runs here: strict like the real one, and scripted.

Belongs here: the wire as a server speaks it, the script, what happened. Does not:
anything of the client; the two share no code for messages, so that a mistake in
one is seen by the other.
"""
