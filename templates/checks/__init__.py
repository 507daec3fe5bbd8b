"""Checks: what a legal officer looks for in the terms before they become a document."""
