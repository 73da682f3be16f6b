"""The demo: its dialogue, its recorded speech, and the simulated person who speaks it."""
