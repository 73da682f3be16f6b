"""The daemon as a service: what it owes to systemd, and what systemd asks of it.

Belongs here: the watchdog, the way out, reloading, deaths and the safe mode, the words of
the status line. Does not: the parts of the speaker (`assembly`) and their order (`app`).
"""
