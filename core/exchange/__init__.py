"""Formats in which offices hand land to one another."""
