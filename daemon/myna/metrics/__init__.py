"""Figures for Prometheus: what is counted, how it is spelt, and the socket that tells it.

Nothing here is loaded unless `[metrics]` is configured. What was said is no figure.
"""
