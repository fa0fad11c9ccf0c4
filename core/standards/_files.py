"""Reads the data files of this folder, once each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """The parsed content of a JSON file below core/standards; shared by all callers, so never change it."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
