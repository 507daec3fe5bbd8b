"""Typesetting: lays out a standard text in light markup as a Word template."""
