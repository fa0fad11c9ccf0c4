"""core can be imported by a plain Python with numpy, pandas and shapely; imports run one way."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

THIRD_PARTY = {"numpy", "pandas", "shapely"}
# The report draws its charts when it is written; test_core_is_imported_without_qgis blocks matplotlib all the same.
DRAWING = {"report": {"matplotlib"}}
ALLOWED = {
    "core": ("redline.core",),
    "processing": ("redline.core", "redline.processing"),
    "ui": ("redline.core", "redline.processing", "redline.ui"),
}

IMPORT_ALL = """
import importlib, pkgutil, sys

class Blocked:
    names = {"qgis", "PyQt5", "PyQt6", "osgeo", "pyproj", "processing", "matplotlib", "sip"}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
sys.path.insert(0, sys.argv[1])
import redline.core
names = [m.name for m in pkgutil.walk_packages(redline.core.__path__, "redline.core.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def imports(file: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, at any depth; ".x" for a relative import."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def test_core_is_imported_without_qgis(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(root / ".cache" / "path")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def standard_library() -> set[str]:
    """Names of Python's own modules; sys.stdlib_module_names came with Python 3.10."""
    folder = Path(sysconfig.get_path("stdlib"))
    return {
        *sys.builtin_module_names,
        *(module.name for module in pkgutil.iter_modules([str(folder), str(folder / "lib-dynload")])),
    }


def test_core_uses_only_what_every_qgis_brings(root: Path) -> None:
    own = standard_library()
    assert {"re", "math", "unicodedata"} <= own
    assert not own & {*THIRD_PARTY, "qgis", "matplotlib"}
    allowed = THIRD_PARTY | own
    foreign = {
        f"{file.relative_to(root)}: {name}"
        for file in (root / "core").rglob("*.py")
        for name in imports(file)
        if name.split(".")[0] not in allowed | DRAWING.get(file.parent.name, set()) and not name.startswith("redline.")
    }
    assert not foreign


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_imports_run_one_way(root: Path, room: str) -> None:
    upwards = {
        f"{file.relative_to(root)}: {name}"
        for file in (root / room).rglob("*.py")
        for name in imports(file)
        if name.startswith(("redline", ".")) and not (name + ".").startswith(tuple(f"{r}." for r in ALLOWED[room]))
    }
    assert not upwards


def test_qt_is_only_reached_through_qgis(root: Path) -> None:
    rooms = [*(root / "processing").rglob("*.py"), *(root / "ui").rglob("*.py")]
    direct = {
        f"{file.relative_to(root)}: {name}"
        for file in [root / "plugin.py", root / "__init__.py", *rooms]
        for name in imports(file)
        if name.split(".")[0] in {"PyQt5", "PyQt6", "sip"}
    }
    assert not direct
