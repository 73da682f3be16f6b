"""The demo: the whole daemon, and a simulated person who talks with it.

Belongs here: the dialogue, its recorded speech and picture with the scripts that made
them, the person, and the story that is printed. Does not: anything that makes the
daemon behave otherwise than in earnest.
"""
