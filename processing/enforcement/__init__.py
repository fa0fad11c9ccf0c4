"""Permits, violations and farmland."""
