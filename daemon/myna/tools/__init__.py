"""Tools: typed functions that the model may call.

Belongs here: the registry, and one file per family of tools. Does not: devices
(tools get the body's Protocols) or the wire format of calls and answers.
"""
