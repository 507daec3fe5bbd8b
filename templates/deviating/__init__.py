"""Deviating: a standard text changed by hand in Word, taken in, compared and bound (非标合同)."""
