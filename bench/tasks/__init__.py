"""The tasks, a file or two of one idea each. Nothing of QGIS is loaded before a task is asked for."""

from __future__ import annotations

from importlib import import_module

from redline.bench.tasks.task import Task

_WHERE = {
    "A": ("overlay", "TASK"), "B": ("conflicts", "TASK"), "C": ("coverage", "TROUBLE"),
    "D": ("area", "TASK"), "E": ("coverage", "VILLAGES"),
    "F": ("fourway", "TASK"), "G": ("zoning", "TASK"), "M": ("sheets", "TASK"), "P": ("paper", "PAGE"),
    "S": ("stopping", "TASK"), "U": ("startup", "TASK"), "V": ("paper", "VILLAGES"), "W": ("panel", "TASK"),
}  # fmt: skip
LETTERS = tuple(_WHERE)


def by_letter(letter: str) -> Task:
    """The task called so. Raises KeyError."""
    module, name = _WHERE[letter]
    found: Task = getattr(import_module(f"redline.bench.tasks.{module}"), name)
    return found
