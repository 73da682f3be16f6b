"""Speakers: PyAudio, a WAV file in real time, and a simulated one that remembers."""
