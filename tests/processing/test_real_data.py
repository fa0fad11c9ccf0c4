"""Real parcels of several countries: registered against measured areas, units of area that mislead, invalid farms."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsVectorLayer

Run = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def parcels(shared_data: Path) -> Path:
    return shared_data / "parcels"


@pytest.fixture
def sample(parcels: Path, tmp_path: Path) -> Callable[[str], QgsVectorLayer]:
    """The 100 parcels of a country's register, as its own Shapefile."""

    def open_it(country: str) -> QgsVectorLayer:
        (archive,) = (parcels / "lpis_samples" / country).glob("*.zip")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(tmp_path / country)
        (file,) = (tmp_path / country).rglob("*.shp")
        return QgsVectorLayer(str(file), country, "ogr")

    return open_it


def found(results: dict[str, Any], *rules: str) -> list[Any]:
    return [finding for finding in results["FINDINGS"].getFeatures() if finding["rule"] in rules]


def beyond(recorded: list[Decimal], measured: list[Decimal], percent: int) -> list[bool]:
    """Which differ by more than so many percent of the registered area."""
    return [abs(r - m) * 100 > r * percent for r, m in zip(recorded, measured)]


# Épinay-sur-Orge: 4,241 cadastral parcels, one without a registered area


@pytest.fixture
def epinay(parcels: Path, qgis_processing: None) -> Callable[[str], QgsVectorLayer]:
    """The parcels in EPSG:2154, or in WGS 84 as they come."""

    def open_it(crs: str) -> QgsVectorLayer:
        import processing

        file = str(parcels / "fr_91216" / "cadastre-91216-parcelles.json")
        if crs == "EPSG:4326":
            return QgsVectorLayer(file, "parcelles", "ogr")
        moved = processing.run("native:reprojectlayer", {"INPUT": file, "TARGET_CRS": crs, "OUTPUT": "memory:"})
        return moved["OUTPUT"]  # type: ignore[no-any-return]

    return open_it


# In EPSG:2154: parcels off by more than 1, 5 and 20 % of the registered area by plane area; by ellipsoidal area; and
# how many change sides between the two.
BY_PLANE = {1: 2382, 5: 473, 20: 71}
BY_ELLIPSOID = {"EPSG:2154": {1: 2384, 5: 472, 20: 71}, "EPSG:4326": {1: 2385, 5: 472, 20: 71}}
CHANGE_SIDES = {1: 54, 5: 5, 20: 0}


@pytest.mark.parametrize("crs", ["EPSG:2154", "EPSG:4326"])
def test_registered_against_measured_areas(run: Run, epinay: Callable[[str], QgsVectorLayer], crs: str) -> None:
    layer = epinay(crs)
    assert layer.featureCount() == 4241
    results = {
        percent: run(
            "ellipsoidalarea",
            {"INPUT": layer, "RECORDED": "contenance", "REL_TOLERANCE": percent, "ABS_TOLERANCE": 0.0},
        )
        for percent in BY_PLANE
    }
    measured = {feature["id"]: feature for feature in results[1]["OUTPUT"].getFeatures()}
    registered = [feature for feature in measured.values() if isinstance(feature["contenance"], int)]
    assert len(measured) - len(registered) == 1
    recorded = [Decimal(feature["contenance"]) for feature in registered]
    by_ellipsoid = [Decimal(repr(feature["area_m2"])) for feature in registered]
    assert sum(recorded) == 3_829_286
    assert float(sum(by_ellipsoid)) == pytest.approx(3_836_442, abs=1)
    for percent, result in results.items():
        assert result["CHECKED_COUNT"] == 4241
        errors = [f for f in found(result, "R5001") if f["severity"] == "error"]
        assert len(errors) == sum(beyond(recorded, by_ellipsoid, percent)) == BY_ELLIPSOID[crs][percent]
        (missing,) = found(result, "R6026")
        assert missing["related"] == "plot_area"
    if crs == "EPSG:2154":
        shapes = {feature["id"]: feature.geometry().area() for feature in layer.getFeatures()}
        by_plane = [Decimal(repr(shapes[feature["id"]])) for feature in registered]
        assert float(sum(by_plane)) == pytest.approx(3_834_633, abs=1)
        for percent, count in BY_PLANE.items():
            one, other = beyond(recorded, by_plane, percent), beyond(recorded, by_ellipsoid, percent)
            assert sum(one) == count
            assert sum(a != b for a, b in zip(one, other)) == CHANGE_SIDES[percent]


# Field-parcel registers whose field of the area misleads


@pytest.mark.parametrize(
    ("country", "field", "unit", "told"),
    [
        ("ec_ro", "AREA_HA", "auto", ("ha", "m²")), ("ec_ro", "AREA_HA", "m2", None),
        ("dk", "IMK_areal", "auto", ("m²", "ha")), ("dk", "IMK_areal", "ha", None),
        ("de_bb", "groesse", "auto", ("m²", "ha")), ("de_bb", "groesse", "ha", None),
        ("bg", "AREA", "auto", None), ("bg", "AREA", "ha", ("ha", "m²")), ("bg", "AREA", "mu", ("mu", "m²")),
    ],
)  # fmt: skip
def test_a_unit_that_misleads_is_one_finding(
    run: Run, sample: Callable[[str], QgsVectorLayer], country: str, field: str, unit: str, told: tuple[str, str] | None
) -> None:
    """Areas in ha under no unit, in m² under a field that says ha, in m² where the user says ha or 亩."""
    layer = sample(country)
    results = run("ellipsoidalarea", {"INPUT": layer, "RECORDED": field, "AREA_UNIT": unit, "REL_TOLERANCE": 2.0})
    units = found(results, "R5005")
    assert [(finding["expected"], finding["actual"]) for finding in units] == ([told] if told else [])
    assert results["CHECKED_COUNT"] == 100
    # Read in the right unit, nearly all areas agree.
    errors = [finding for finding in found(results, "R5001") if finding["severity"] == "error"]
    assert len(errors) <= (20 if country == "dk" else 0)
    recorded = [feature["recorded_m2"] for feature in results["OUTPUT"].getFeatures()]
    measured = [feature["area_m2"] for feature in results["OUTPUT"].getFeatures()]
    assert sum(recorded) == pytest.approx(sum(measured), rel=0.01)


# Swellendam: 2,008 farms, some of them invalid


def test_invalid_farms_are_findings_and_the_run_goes_on(run: Run, parcels: Path) -> None:
    file = parcels / "za_swellendam" / "farms_33S.shp"
    layer = QgsVectorLayer(str(file), "farms", "ogr")
    results = run("ellipsoidalarea", {"INPUT": layer})
    invalid = [feature.id() for feature in layer.getFeatures() if not feature.geometry().isGeosValid()]
    findings = found(results, "R3002")
    assert len(findings) == len(invalid) == 16
    assert all(finding["key"] and finding["actual"] and not finding.geometry().isNull() for finding in findings)
    assert len({finding["finding_id"] for finding in findings}) == 16
    assert results["CHECKED_COUNT"] == results["OUTPUT"].featureCount() == 2008
    assert not {f["key"] for f in findings} & {f["key"] for f in found(results, "R5001")}
    assert Counter(finding["severity"] for finding in found(results, "R1003")) == {"error": 1}


def test_buildings_on_farms_and_in_towns_are_judged_and_measured_as_pair_by_pair(run: Run, parcels: Path) -> None:
    """One building in sixteen as changes, towns as permits without a day, farms as farmland; areas against shapely's
    overlay of the mended shapes, in the plane, scaled to the ellipsoid by each building's own area."""
    import shapely
    from qgis.core import QgsCoordinateTransform, QgsProject

    folder = parcels / "za_swellendam"
    buildings = QgsVectorLayer(f"{folder / 'training_data.gpkg'}|layername=buildings", "buildings", "ogr")
    buildings.setSubsetString('"fid" % 16 = 0')
    layers = {name: QgsVectorLayer(str(folder / f"{name}_33S.shp"), name, "ogr") for name in ("farms", "urban")}
    results = run("permitconflicts", {
        "VIOLATIONS": buildings, "VIOLATIONS_KEY": "full_id", "PERMITS": layers["urban"], "PERMITS_KEY": "AG_CAD_ID",
        "FARMLAND": layers["farms"], "FARMLAND_KEY": "AG_CAD_ID",
    })  # fmt: skip
    judged = list(results["VIOLATIONS_OUT"].getFeatures())
    assert len(judged) == results["CHECKED_COUNT"] == buildings.featureCount() > 250
    crs = results["VIOLATIONS_OUT"].crs()

    def land(layer: QgsVectorLayer) -> tuple[list[shapely.Geometry], set[str]]:
        """The mended shapes of a layer in the plane of the results, and the numbers of its invalid ones."""
        to = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance())
        found, invalid = [], set()
        for feature in layer.getFeatures():
            geometry = feature.geometry()
            geometry.transform(to)
            shape = shapely.from_wkb(geometry.asWkb().data())
            if not shape.is_valid:
                invalid.add(f"{feature['AG_CAD_ID']:.0f}")
            found.append(shapely.make_valid(shape))
        return found, invalid

    def shared(shape: shapely.Geometry, others: shapely.STRtree) -> float:
        met = others.geometries[others.query(shape)]
        return float(shapely.union_all(shapely.intersection(shape, met)).area)

    (farms, bad_farms), (towns, bad_towns) = land(layers["farms"]), land(layers["urban"])
    told = {(finding["role"], finding["key"]) for finding in found(results, "R3002")}
    near = {key for role, key in told if role == "map"}
    assert near
    assert near <= bad_farms
    assert {key for role, key in told if role == "permit"} == bad_towns
    by_violation: dict[str, float] = Counter()
    for piece in results["PIECES"].getFeatures():
        by_violation[piece["violation"]] += round(piece["area"] * 100)
    trees = [shapely.STRtree(shapes) for shapes in (farms, towns)]
    touched = 0
    for one in judged:
        shape = shapely.from_wkb(one.geometry().asWkb().data())
        if not one["area"]:
            continue
        scale = one["area"] / shape.area
        on_farms, in_towns = (shared(shape, others) * scale for others in trees)
        assert one["farmland_area"] == pytest.approx(on_farms, abs=0.03 + 1e-4 * one["area"])
        assert one["unknown_area"] == pytest.approx(in_towns, abs=0.03 + 1e-4 * one["area"])
        assert by_violation[one["key"]] == round(one["area"] * 100)
        touched += on_farms > 1
    assert touched > 5
