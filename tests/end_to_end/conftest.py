"""Running the real programs: qgis_process in a clean profile, and ./dev."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class QgisProcess:
    """qgis_process in a profile of its own, with the environment's shapely; nothing of the checkout on the path."""

    profile: Path
    runtime: Path
    path: Path = Path(sysconfig.get_paths()["purelib"])

    @property
    def plugins(self) -> Path:
        """Folder of installed plugins."""
        return self.profile / "profiles" / "default" / "python" / "plugins"

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run qgis_process and return what it wrote, whatever came of it."""
        program = Path("/usr/bin/qgis_process")
        # The launcher of Debian's 3.22 passes an option that the program refuses.
        program = program.with_suffix(".bin") if program.with_suffix(".bin").exists() else program
        environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "QGIS"))}
        environment |= {
            "QGIS_CUSTOM_CONFIG_PATH": str(self.profile),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(self.path),
        }
        return subprocess.run(
            [str(program), *arguments], env=environment, cwd=self.profile, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip

    def run(self, algorithm: str, **parameters: object) -> dict[str, Any]:
        """Run an algorithm and return its results."""
        done = self("--json", "run", algorithm, "--", *(f"{name}={value}" for name, value in parameters.items()))
        assert done.returncode == 0, done.stderr
        results: dict[str, Any] = json.loads(done.stdout)["results"]
        return results


def _clean(folder: Path) -> QgisProcess:
    process = QgisProcess(folder / "空 profile", folder / "runtime")
    process.plugins.mkdir(parents=True)
    process.runtime.mkdir(mode=0o700)
    return process


@pytest.fixture
def qgis_process(tmp_path: Path) -> QgisProcess:
    """A clean profile."""
    return _clean(tmp_path)


@pytest.fixture(scope="module")
def night(root: Path, tmp_path_factory: pytest.TempPathFactory) -> QgisProcess:
    """qgis_process with the checkout as its plugin, one profile for all tests of a file."""
    process = _clean(tmp_path_factory.mktemp("night"))
    (process.plugins / "redline").symlink_to(root)
    done = process("plugins", "enable", "redline")
    assert done.returncode == 0, done.stderr
    return process
