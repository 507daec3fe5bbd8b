"""Drafts: a filled Word file marked 草稿, and the marks taken off again (草稿)."""
