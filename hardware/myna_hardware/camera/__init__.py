"""Cameras: picamera2, or a file."""
