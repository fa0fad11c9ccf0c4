"""Environment of a test run, set before QGIS starts: no screen, and nothing written outside the checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"

runtime = CACHE / "runtime"
runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
os.environ.setdefault("XDG_CACHE_HOME", str(CACHE / "xdg"))
os.environ.setdefault("XDG_CONFIG_HOME", str(CACHE / "xdg"))
os.environ.setdefault("MPLCONFIGDIR", str(CACHE / "matplotlib"))
os.environ.setdefault("MPLBACKEND", "Agg")
# pyproj looks beside the Python that runs, which is the virtual environment.
if Path("/usr/share/proj").is_dir():
    os.environ.setdefault("PROJ_LIB", "/usr/share/proj")

# "python -m pytest" puts the checkout on the path, where its folder `processing` would hide QGIS's package.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]
