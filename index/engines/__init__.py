"""Engines: what an index stands on."""
