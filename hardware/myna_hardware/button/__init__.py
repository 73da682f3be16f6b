"""Buttons: a switch on GPIO, the keyboard, a simulated twin, or none."""
