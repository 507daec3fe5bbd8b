"""Fitting: whether a Word file a firm brings can serve as a template, and what to change in it."""
