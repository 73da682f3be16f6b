"""Outputs: relays and lamps on GPIO, and the same on simulated pins."""
