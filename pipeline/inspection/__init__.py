"""Inspection: the archive looked over by plan, what is found seen to, what is left cleared away."""
