"""One contact between a pin and ground: what its edges mean, whoever uses it.

Belongs here: settling, flutter, lost edges, and running these on a pin. Does not: what a
closed contact stands for, which the button and the mute switch know.
"""
