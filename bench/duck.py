"""A peer outside QGIS: DuckDB with its spatial extension, in an environment of its own.

It reads GeoParquet, its best format, on two threads. Nothing here imports what that environment has not.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

from redline.bench.county import County
from redline.bench.measure import Answer

NAME = "DuckDB"
PINNED = ("duckdb==1.5.5", "duckdb-extension-spatial==1.5.5")


def python(cache: Path) -> str:
    """The Python that has DuckDB, installed where it is not there yet. Raises RuntimeError where that fails."""
    folder = cache / "duckdb"
    program = folder / "bin" / "python"
    commands = [
        [sys.executable, "-m", "venv", str(folder)],
        [str(program), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *PINNED],
    ]
    check = [str(program), "-c", "import duckdb, duckdb_extension_spatial"]
    if program.exists() and subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return str(program)
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
    return str(program)


def overlay(county: County) -> Generator[None, None, Answer]:
    """Pairs of violations and plots, into a table in memory."""
    base = _connect()
    files = {name: _parquet(base, county, name) for name in ("violations", "plots")}
    yield
    base.execute(f"""
        CREATE TABLE pairs AS SELECT *, ST_Area(geom) AS area FROM (
            SELECT v.BH, p.YJJBNTTBBH, ST_CollectionExtract(ST_Intersection(v.geom, p.geom), 3) AS geom
            FROM '{files["violations"]}' v JOIN '{files["plots"]}' p ON ST_Intersects(v.geom, p.geom)
        ) WHERE ST_Area(geom) > 0
    """)
    yield
    return _answer(base, "SELECT count(*) AS pairs, sum(area) AS area FROM pairs")


def dissolve(county: County) -> Generator[None, None, Answer]:
    """Plots to villages, as a coverage."""
    base = _connect()
    file = _parquet(base, county, "plots")
    yield
    base.execute(f"CREATE TABLE villages AS SELECT XZQDM, ST_CoverageUnion_Agg(geom) AS geom FROM '{file}' GROUP BY 1")
    yield
    return _answer(base, "SELECT count(*) AS villages, sum(ST_Area(geom)) AS area FROM villages")


def conflicts(county: County) -> Generator[None, None, Answer]:
    """What permits cover of every violation, what none does, and the farmland of that, by violation."""
    base = _connect()
    files = {name: _parquet(base, county, name) for name in ("violations", "permits", "plots")}
    yield
    base.execute(f"""
        CREATE TABLE permitted AS SELECT *, ST_Area(geom) AS area FROM (
            SELECT v.BH, p.DKBH, ST_CollectionExtract(ST_Intersection(v.geom, p.geom), 3) AS geom
            FROM '{files["violations"]}' v JOIN '{files["permits"]}' p ON ST_Intersects(v.geom, p.geom)
        ) WHERE ST_Area(geom) > 0;
        CREATE TABLE covers AS SELECT v.BH, ST_Union_Agg(p.geom) AS geom
            FROM '{files["violations"]}' v JOIN '{files["permits"]}' p ON ST_Intersects(v.geom, p.geom) GROUP BY 1;
        CREATE TABLE bare AS SELECT v.BH, CASE WHEN c.geom IS NULL THEN v.geom ELSE ST_Difference(v.geom, c.geom) END
            AS geom FROM '{files["violations"]}' v LEFT JOIN covers c ON v.BH = c.BH;
        CREATE TABLE sums AS SELECT BH, sum(ST_Area(geom)) AS area FROM (
            SELECT b.BH, ST_CollectionExtract(ST_Intersection(b.geom, p.geom), 3) AS geom
            FROM bare b JOIN '{files["plots"]}' p ON ST_Intersects(b.geom, p.geom)
        ) WHERE ST_Area(geom) > 0 GROUP BY 1
    """)
    yield
    return _answer(base, """
        SELECT count(*) AS violations, sum(area) AS area, (SELECT sum(area) FROM permitted) AS permitted FROM sums
    """)


WAYS = {"A": overlay, "B": conflicts, "E": dissolve}


def _connect() -> Any:
    import duckdb
    import duckdb_extension_spatial

    base = duckdb.connect(config={"threads": 2})
    extension = next(Path(duckdb_extension_spatial.__path__[0]).rglob("*.duckdb_extension"))
    base.execute(f"LOAD '{extension}'")
    return base


def _parquet(base: Any, county: County, name: str) -> Path:
    file = county.folder / f"{name}.parquet"
    if not file.exists():
        base.execute(f"COPY (SELECT * FROM ST_Read('{county.layer(name)}')) TO '{file}' (FORMAT parquet)")
    return file


def _answer(base: Any, query: str) -> Answer:
    found = base.execute(query)
    return dict(zip([column[0] for column in found.description], found.fetchone()))
