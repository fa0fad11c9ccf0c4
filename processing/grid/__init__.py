"""Algorithms of the group grid: responsibility zones, patrols, signs."""
