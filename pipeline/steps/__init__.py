"""Steps: one file per step of the flow; each finds what it did before and goes on from there."""
