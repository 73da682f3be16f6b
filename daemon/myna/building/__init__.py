"""How each part is chosen and made from the configuration; nothing here starts anything.

Belongs here: what takes more than a line to build, a file for each side of the daemon.
Does not: what the daemon consists of (`assembly`), and in which order it runs (`app`).
"""
