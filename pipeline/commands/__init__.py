"""Commands: one file per group of the command line; they hold no rules."""
