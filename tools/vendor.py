"""Copy the libraries that the plugin's ZIP brings along: python tools/vendor.py FOLDER, from the environment.

Their versions are those pinned in requirements-dev.txt; each comes with its licence. They are never committed.
"""

from __future__ import annotations

import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("XlsxWriter",)


def pinned(library: str) -> str:
    """Return the version that requirements-dev.txt names."""
    requirements = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    match = re.search(rf"^{library}==(\S+)", requirements, re.MULTILINE)
    if match is None:
        raise SystemExit(f"requirements-dev.txt does not pin {library}")
    return match[1]


def sources(library: str) -> list[Path]:
    """Return the installed Python files of a library, of the pinned version, and its licence."""
    installed = metadata.distribution(library)
    if installed.version != pinned(library):
        raise SystemExit(f"{library} {installed.version} is installed, {pinned(library)} is pinned: run ./dev setup")
    package = library.lower()
    listed = [
        file
        for file in installed.files or []
        if (file.suffix == ".py" and file.parts[0] == package) or file.name.upper().startswith("LICENSE")
    ]
    files = [Path(str(installed.locate_file(file))) for file in listed]
    if not any(file.suffix != ".py" for file in files):
        raise SystemExit(f"{library} comes without a licence")
    return files


def vendor(folder: Path) -> None:
    """Copy every library into a folder of its own below `folder`."""
    for library in LIBRARIES:
        target = folder / library.lower()
        target.mkdir(parents=True, exist_ok=True)
        for file in sources(library):
            shutil.copyfile(file, target / file.name)


if __name__ == "__main__":
    vendor(Path(sys.argv[1]))
