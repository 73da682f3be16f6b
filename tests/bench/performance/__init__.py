"""How fast, how small, how long: measured in one run, with what people would use instead.

    ./install.sh --bench            everything; writes docs/performance.md
    python -m bench.performance.idle --quick      one chapter, printed

Belongs here: a file per chapter, each run in a process of its own, and what writes the page.
"""
