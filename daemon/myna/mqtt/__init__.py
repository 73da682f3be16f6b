"""MQTT: the speaker as a device in Home Assistant, and things that speak MQTT.

Belongs here: the connection to the broker, what is published and obeyed, the things of
the configuration. Does not: what a command means (`myna.commands`) or the tools that the
model sees (`myna.tools.things`). Only `client.py` knows the library, and it is imported
when a broker is configured.
"""
