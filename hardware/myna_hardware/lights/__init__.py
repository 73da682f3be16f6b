"""Lights: LEDs on GPIO, a line in the terminal, a simulated twin, or none."""
