"""Templates: the company's Word templates, filled, proved and rendered."""
