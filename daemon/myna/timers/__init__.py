"""Timers, alarms and reminders: kept on the disk, and rung at their time without a network.

Belongs here: what they are, when they are due, where they are kept, and the task that
rings them. Does not: the sound and the lights of a ring (the conversation's state
`Ringing` and its effects) or what the model may ask (`myna.tools.timers`).
"""
