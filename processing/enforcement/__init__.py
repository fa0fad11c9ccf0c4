"""Permits, violations and farmland: what overlaps, what the law calls it, and how it was followed up."""
