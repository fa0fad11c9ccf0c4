"""One way of one task: run in a process of its own, or here; wall, cpu and peak memory of what counts.

A way is a generator that stops twice: everything before the first stop is preparation, what lies between the stops is
measured, and what it returns is its answer, a dict of numbers that other ways can be held to.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable

from redline.bench.county import County, county

Answer = dict[str, Any]
Way = Callable[[County], Generator[None, None, Answer]]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """What one run took: seconds by the clock, seconds of processor time of all threads, MB at the peak; its answer."""

    wall: float
    cpu: float
    memory: float
    answer: Answer


def here(task: str, way: str, plots: int, cache: Path) -> Run:
    """Run a way in this process; the peak is then that of everything the process has done."""
    steps = _way(task, way)(county(plots, cache))
    next(steps)
    wall, cpu = time.perf_counter(), time.process_time()
    next(steps)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = _peak()
    try:
        next(steps)
    except StopIteration as end:
        return Run(wall, cpu, memory, end.value)
    raise RuntimeError(f"{task}, {way}: stops more than twice")


def prepare(plots: int, cache: Path) -> None:
    """Make the county where it is not there yet, in a process of its own: this one is to stay small."""
    _in_process([sys.executable, "-m", "redline.bench.county", str(plots), str(cache)], cache, "county")


def _way(task: str, way: str) -> Way:
    from redline.bench import duck, tasks

    return duck.WAYS[task] if way == duck.NAME else tasks.by_letter(task).ways[way]


def apart(task: str, way: str, plots: int, cache: Path, python: str = sys.executable) -> Run:
    """Run a way in a process of its own. Raises RuntimeError with the last line of what it said where it fails."""
    command = [python, "-m", "redline.bench.measure", task, way, str(plots), str(cache)]
    return Run(**json.loads(_in_process(command, cache, f"{task}, {way}").splitlines()[-1]))


def _in_process(command: list[str], folder: Path, what: str) -> str:
    """What a command prints. Raises RuntimeError with the last line of its errors where it fails."""
    path = [str(ROOT / ".cache" / "path"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    # The checkout itself must not be on the path: its folder `processing` would hide QGIS's package.
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{what}: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
    return done.stdout


def _peak() -> float:
    """Peak resident memory of this process in MB."""
    try:
        # What getrusage gives may be the parent's, from before this program was started.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    run = here(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    print(json.dumps(asdict(run)), flush=True)
    # QGIS may crash while the interpreter shuts down.
    os._exit(0)
