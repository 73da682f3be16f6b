"""The conversation, as a pure table: (state, event) -> (state, effects).

Belongs here: states, events, effects, the table, endpointing. Does not: I/O, clocks,
threads, randomness, or anything that performs an effect (that is `assistant`).
"""
