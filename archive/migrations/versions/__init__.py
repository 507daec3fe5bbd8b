"""Versions: the steps, forward only."""
