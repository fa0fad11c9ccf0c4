"""Shared fixtures, and an exit code that is pytest's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time: a test that fails fails again. REDLINE_EXAMPLES=random looks for new ones.
settings.register_profile("redline", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("random", settings.get_profile("redline"), derandomize=False)
settings.load_profile("random" if os.environ.get("REDLINE_EXAMPLES") == "random" else "redline")

ROOT = Path(__file__).resolve().parent.parent
SESSION = pytest.StashKey[pytest.Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-contract", action="store_true", help="rewrite the list of public names")


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout (or in $REDLINE_SHARED); skips the test where it is absent."""
    shared = Path(os.environ.get("REDLINE_SHARED") or ROOT.parent / "shared")
    if not (shared / "data").is_dir():
        pytest.skip(f"real data not found in {shared / 'data'} (set REDLINE_SHARED)")
    return shared / "data"


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[SESSION] = session


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # QGIS may crash while the interpreter shuts down, after every test has been reported.
    session = config.stash.get(SESSION, None)
    if session is None or config.getoption("collectonly"):
        return
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(session.exitstatus))
