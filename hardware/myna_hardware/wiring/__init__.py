"""The wiring drawings of docs/hardware.md: a header, parts, and the wires between them."""
