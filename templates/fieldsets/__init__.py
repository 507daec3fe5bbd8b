"""Fieldsets: one file per kind of document, saying which fields it prints."""
