"""Index: full-text search over filed records, exact for Chinese."""
