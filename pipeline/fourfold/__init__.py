"""Fourfold: whether dossiers are true, whole, usable and safe, rule by rule (四性检测)."""
