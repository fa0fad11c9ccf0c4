"""Run the checks with which plugins.qgis.org blocks an upload (bandit, detect-secrets) or warns (flake8)."""

from __future__ import annotations

import subprocess
import sys

from shipped import ROOT, shipped

# The site leaves these bandit tests out, and takes findings of every severity seriously.
NOT_BY_SITE = "B404,B411"
FLAKE8 = (
    "E101,E711,E712,E713,E714,E721,E722,E731,E741,E742,E743,E901,E902,E999,W605,"
    "F402,F403,F404,F405,F811,F821,F822,F823,F831,F901"
)


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


if __name__ == "__main__":
    runs = [subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False) for command in commands()]
    sys.exit(any(run.returncode for run in runs))
