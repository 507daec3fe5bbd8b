"""Intake: dropped files in every accepted format, read into orders or refused with a reason."""
