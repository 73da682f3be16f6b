"""The local control socket: how `myna status` and its siblings reach the daemon.

Belongs here: the server inside the daemon and the client inside the commands.
Does not: what the commands do (the assistant) or how they print (the CLI).
"""
