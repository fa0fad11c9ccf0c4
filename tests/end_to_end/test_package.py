"""The ZIP of ./dev package: what the plugin site asks of it, and that it runs in a clean profile."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from osgeo import ogr, osr
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from conftest import QgisProcess

# A block of about 1 km × 0.8 km, CGCS2000 3-degree zone 39.
CORNERS = [(39500100.0, 3900200.0), (39501100.0, 3900250.0), (39501050.0, 3901050.0), (39500050.0, 3901000.0)]


@pytest.fixture(scope="module")
def package(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ZIP of the last commit."""
    folder = tmp_path_factory.mktemp("package")
    done = subprocess.run([root / "dev", "package", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("*.zip")
    return archive


@pytest.fixture
def faults(root: Path) -> Callable[[Path], list[str]]:
    """The check that ./dev package makes."""
    check: Callable[[Path], list[str]] = runpy.run_path(str(root / "tools" / "check_package.py"))["faults"]
    return check


def test_package_is_what_the_site_accepts(package: Path, faults: Callable[[Path], list[str]]) -> None:
    assert faults(package) == []
    names = zipfile.ZipFile(package).namelist()
    assert {name.split("/")[0] for name in names} == {"redline"}
    assert package.stat().st_size < 20_000_000
    assert [name for name in names if "/." in name or "test" in name.lower().split("/")[1]] == ["redline/.bandit"]


def test_package_brings_the_pinned_writer_with_its_licence(root: Path, package: Path) -> None:
    requirements = (root / "requirements-dev.txt").read_text().splitlines()
    pinned = next(line for line in requirements if line.startswith("XlsxWriter"))
    archive = zipfile.ZipFile(package)
    said = archive.read("redline/vendored/xlsxwriter/__init__.py").decode()
    assert f'__version__ = "{pinned.split("==")[1]}"' in said
    assert b"BSD 2-Clause" in archive.read("redline/vendored/xlsxwriter/LICENSE.txt")
    tracked = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "vendored"], cwd=root, capture_output=True, check=True
    )
    assert tracked.stdout == b""


def test_package_is_the_last_commit(root: Path, package: Path) -> None:
    version = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "show", "HEAD:plugin.py"], cwd=root, capture_output=True, check=True
    )
    assert zipfile.ZipFile(package).read("redline/plugin.py") == version.stdout


@pytest.mark.parametrize("name", ["redline/.hidden", "redline/a.sh", "redline/core/__pycache__/a.pyc", "other/a.py"])
def test_check_refuses(package: Path, faults: Callable[[Path], list[str]], tmp_path: Path, name: str) -> None:
    spoiled = shutil.copy(package, tmp_path / "spoiled.zip")
    with zipfile.ZipFile(spoiled, "a") as archive:
        archive.writestr(name, "")
    assert any(name in fault for fault in faults(spoiled))


def test_the_guide_in_the_package_has_all_its_pictures(
    package: Path, faults: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    assert any(name.startswith("redline/docs/images/guide/") for name in zipfile.ZipFile(package).namelist())
    spoiled = shutil.copy(package, tmp_path / "spoiled.zip")
    with zipfile.ZipFile(spoiled, "a") as archive:
        archive.writestr("redline/docs/guide/new.md", "![面板](../images/none.png)")
    assert faults(spoiled) == ["a picture of the guide is missing: redline/docs/images/none.png"]


def make_plot(file: Path, **fields: str) -> None:
    """Write the block as a GeoPackage in EPSG:4527."""
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4527)
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(file))
    layer = data.CreateLayer("图斑", crs, ogr.wkbPolygon)
    for name in ("名称", *fields):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    for name, text in fields.items():
        feature.SetField(name, text)
    ring = ", ".join(f"{x} {y}" for x, y in [*CORNERS, CORNERS[0]])
    feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))"))
    layer.CreateFeature(feature)


def geodesic_area() -> float:
    """Return the block's area on the ellipsoid by GeographicLib, m²; its edges follow the map in steps of 10 m."""
    points = []
    for (x0, y0), (x1, y1) in zip(CORNERS, [*CORNERS[1:], CORNERS[0]]):
        points += [(x0 + (x1 - x0) * i / 100, y0 + (y1 - y0) * i / 100) for i in range(100)]
    transform = Transformer.from_crs(4527, 4490, always_xy=True)
    longitudes, latitudes = transform.transform(*zip(*points))
    area, _ = Geod(a=6378137, rf=298.257222101).polygon_area_perimeter(longitudes, latitudes)
    return abs(area)


def test_installed_package_writes_workbooks_without_an_environment(
    package: Path, qgis_process: QgisProcess, tmp_path: Path
) -> None:
    """Only shapely is on the path, as with the official installers: the writer must be the plugin's own."""
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    found = Path(sysconfig.get_paths()["purelib"])
    for name in ("shapely", *(path.name for path in found.glob("shapely*")), "shapely.libs"):
        if (found / name).exists() and not (libraries / name).exists():
            (libraries / name).symlink_to(found / name)
    qgis_process.path = libraries
    zipfile.ZipFile(package).extractall(qgis_process.plugins)
    assert qgis_process("plugins", "enable", "redline").returncode == 0
    make_plot(tmp_path / "图斑.gpkg", XZQDM="990101001001", DLBM="0101", YJJBNTTBBH="99010100100112345")

    results = qgis_process.run(
        "redline:summarytables", MAP=tmp_path / "图斑.gpkg", WORKBOOK=tmp_path / "汇总表.xlsx",
        OUTPUT=tmp_path / "汇总.gpkg", FINDINGS=tmp_path / "问题.gpkg",
    )  # fmt: skip

    assert Path(results["WORKBOOK"]) == tmp_path / "汇总表.xlsx"
    book = openpyxl.load_workbook(tmp_path / "汇总表.xlsx")
    cells = [cell.value for row in book["现状汇总表"].iter_rows() for cell in row]
    assert round(geodesic_area() * 0.0015, 2) == pytest.approx(max(c for c in cells if isinstance(c, float)), abs=0.02)


def test_installed_package_runs(package: Path, qgis_process: QgisProcess, tmp_path: Path) -> None:
    zipfile.ZipFile(package).extractall(qgis_process.plugins)
    assert qgis_process("plugins", "enable", "redline").returncode == 0
    make_plot(tmp_path / "图斑.gpkg")

    results = qgis_process.run(
        "redline:ellipsoidalarea",
        INPUT=tmp_path / "图斑.gpkg", OUTPUT=tmp_path / "面积.gpkg", FINDINGS=tmp_path / "问题.gpkg",
    )  # fmt: skip

    assert results["CHECKED_COUNT"] == 1
    data = ogr.Open(str(tmp_path / "面积.gpkg"))
    (feature,) = list(data.GetLayer(0))
    assert feature["area_m2"] == pytest.approx(geodesic_area(), rel=1e-7)
