"""Check a plugin ZIP by the rules of plugins.qgis.org and our own: what must be in it, and what must not."""

from __future__ import annotations

import configparser
import posixpath
import re
import sys
import zipfile
from pathlib import Path, PurePosixPath

LIMIT = 20_000_000
TOP = "redline"
WANTED = (
    "__init__.py", "metadata.txt", "LICENSE", "plugin.py", "resources/translations/redline_zh_CN.qm",
    "vendored/xlsxwriter/__init__.py", "vendored/xlsxwriter/LICENSE.txt",
)  # fmt: skip
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
# The site reads it and lets it in.
ALLOWED = PurePosixPath(TOP, ".bandit")
REQUIRED = (
    "name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker", "repository",
    "homepage",
)  # fmt: skip
FORBIDDEN_FOLDERS = {"tests", "bench", "tools", "__pycache__", "__MACOSX"}
FORBIDDEN_SUFFIXES = {".pyc", ".exe", ".dll", ".so", ".dylib", ".bat", ".sh", ".ps1", ".cmd"}


def faults(package: Path) -> list[str]:
    """Return everything that is wrong with a ZIP, one sentence each."""
    told = []
    if package.stat().st_size > LIMIT:
        told.append(f"larger than {LIMIT} bytes")
    with zipfile.ZipFile(package) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = {entry.filename for entry in entries}
        told += [f"outside {TOP}/: {name}" for name in sorted(names) if not name.startswith(f"{TOP}/")]
        told += [f"missing: {name}" for name in WANTED if f"{TOP}/{name}" not in names]
        told += [f"forbidden: {name}" for name in sorted(names) if is_forbidden(PurePosixPath(name))]
        told += [f"executable: {e.filename}" for e in entries if (e.external_attr >> 16) & 0o111]
        metadata = configparser.ConfigParser(interpolation=None)
        metadata.read_string(archive.read(f"{TOP}/metadata.txt").decode("utf-8"))
        told += [f"a picture of the guide is missing: {name}" for name in missing_pictures(archive, names)]
    general = metadata["general"]
    told += [f"metadata.txt lacks {name}" for name in REQUIRED if not general.get(name, "").strip()]
    icon = general.get("icon", "")
    if f"{TOP}/{icon}" not in names:
        told.append(f"metadata.txt names an icon that is not there: {icon}")
    return told


def missing_pictures(archive: zipfile.ZipFile, names: set[str]) -> list[str]:
    """Pictures that a page of the guide shows and the ZIP has not: offices without a network read it in QGIS."""
    guide = f"{TOP}/docs/guide"
    wanted = {
        posixpath.normpath(f"{guide}/{picture}")
        for page in names
        if page.startswith(f"{guide}/") and page.endswith(".md")
        for picture in PICTURE.findall(archive.read(page).decode("utf-8"))
    }
    return sorted(wanted - names)


def is_forbidden(name: PurePosixPath) -> bool:
    """Say whether a file has no place in a plugin."""
    hidden = any(part.startswith(".") for part in name.parts) and name != ALLOWED
    return hidden or bool(FORBIDDEN_FOLDERS & set(name.parts)) or name.suffix in FORBIDDEN_SUFFIXES


if __name__ == "__main__":
    sys.exit("\n".join(faults(Path(sys.argv[1]))) or 0)
