"""Run the checks with which plugins.qgis.org blocks an upload (bandit, detect-secrets) or warns (flake8).

Without an argument the files of the working tree are checked, with a ZIP what is in it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from shipped import ROOT, shipped

# The site leaves these bandit tests out, and takes findings of every severity seriously.
NOT_BY_SITE = "B404,B411"
FLAKE8 = (
    "E101,E711,E712,E713,E714,E721,E722,E731,E741,E742,E743,E901,E902,E999,W605,"
    "F402,F403,F404,F405,F811,F821,F822,F823,F831,F901"
)

# What the vendored libraries are let off, see .bandit.
NOT_VENDORED = "B105,B107"


def commands() -> list[list[str]]:
    """Return one command line a scanner."""
    python = [str(file.relative_to(ROOT)) for file in shipped(".py")]
    text = [str(file.relative_to(ROOT)) for file in shipped(".py", ".json", ".md", ".txt", ".html")]
    secrets = [name for name in text if name != "metadata.txt"]
    return [
        ["bandit", "--quiet", "--skip", NOT_BY_SITE, *python],
        ["detect_secrets.pre_commit_hook", *secrets],
        ["flake8", "--isolated", "--select", FLAKE8, *python],
    ]


def package_commands(folder: Path) -> list[list[str]]:
    """Return the command lines for an unpacked ZIP: the site's own, and bandit on what its configuration leaves out."""
    python = sorted(map(str, folder.rglob("*.py")))
    vendored = sorted(map(str, folder.glob("*/vendored/**/*.py")))
    text = [str(file) for file in sorted(folder.rglob("*")) if file.suffix in (".py", ".json", ".md", ".txt", ".html")]
    return [
        ["bandit", "--quiet", "--recursive", str(folder), "--skip", NOT_BY_SITE],
        ["bandit", "--quiet", "--skip", f"{NOT_BY_SITE},{NOT_VENDORED}", *vendored],
        ["detect_secrets.pre_commit_hook", *(name for name in text if not name.endswith("metadata.txt"))],
        ["flake8", "--isolated", "--select", FLAKE8, *python],
    ]


def run(lines: list[list[str]], folder: Path) -> bool:
    """Run the command lines side by side in a folder, tell what they say in order, and whether one of them failed."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", *line], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for line in lines
    ]
    for one in runs:
        print(one.communicate()[0], end="")
    return any(one.returncode for one in runs)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as unpacked:
            zipfile.ZipFile(sys.argv[1]).extractall(unpacked)
            sys.exit(run(package_commands(Path(unpacked)), Path(unpacked)))
    sys.exit(run(commands(), ROOT))
