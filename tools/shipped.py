"""The files that go into the plugin's ZIP, as they are in the working tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"tests", "bench", "tools", "dev", "pyproject.toml", "requirements-apt.txt"}
LEFT_OUT |= {"requirements-dev.txt", "requirements-qt6.txt"}


def shipped(*suffixes: str) -> list[Path]:
    """Return the tracked and the new files that end in one of the suffixes (all where none is given)."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [ROOT / name for name in names if name and name[0] != "." and name.split("/")[0] not in LEFT_OUT]
    return [file for file in files if file.is_file() and (not suffixes or file.suffix in suffixes)]
