"""How long each turn took, and for what: followed in the trace, told in it again.

What is measured of the machine, and how it is drawn, does not belong here.
"""
