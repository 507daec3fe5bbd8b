"""Pipeline: the way of one order, from a dropped file to a filed and findable record."""
