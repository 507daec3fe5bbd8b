"""Taking in: an existing archive read, described and accessioned (整批接收)."""
