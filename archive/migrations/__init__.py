"""Migrations: how the register's tables came to be what they are, one numbered step a file."""
