"""The doctor: measures every part of the speaker, and says how to cure what is not well.

Belongs here: what is measured, what that means, and the catalogue of ailments, from which
docs/troubleshooting.md is made. Does not: how findings are printed (the CLI). Figures are
taken by `measure_*`, and judged by pure `judge_*`, so that it makes no difference whether
the running daemon took them or the command itself.
"""
