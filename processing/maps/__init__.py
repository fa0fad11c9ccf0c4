"""Algorithms of the group maps: sheets, atlases."""
