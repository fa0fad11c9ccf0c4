#!/usr/bin/env bash
# Takes the pictures of the README and the guide in a real QGIS window on a virtual screen: tools/screenshots.sh [LOCALE]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
locale=${1:-zh-Hans}
images=$root/docs/images
"$root/dev" demo >/dev/null
mkdir -p "$images/guide" "$root/.cache"
walk=$(mktemp -d "$root/.cache/walk.XXXXXX")
trap 'rm -rf "$walk"' EXIT
export REDLINE_PROFILES=$walk/profiles REDLINE_SECONDS=600
export REDLINE_DEMO=$root/resources/demo REDLINE_RESULTS=$root/output/demo/results.gpkg REDLINE_WALK=$walk
REDLINE_PICTURES=$images "$root/tools/window.sh" "$root/tools/screenshots.py" "$locale"
rm -rf "$REDLINE_PROFILES"  # The guide begins with a QGIS in which nothing was opened yet.
REDLINE_PICTURES=$images/guide "$root/tools/window.sh" "$root/tools/guide_pictures.py" "$locale"
(
    cd "$root/.cache"  # In the checkout, its own processing/ would stand before that of QGIS.
    site=$("$root/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
    QT_QPA_PLATFORM=offscreen PYTHONPATH=$root/.cache/path:/usr/share/qgis/python/plugins:$site \
        "$root/.venv/bin/python" -m redline.tools.maps
)
page() { pdftoppm -r "$3" -png -f "$2" -l "$2" -singlefile "$1" "$4"; }
report=$root/output/demo/report.pdf
last=$(pdfinfo "$report" | awk '/^Pages/ { print $2 }')
page "$report" 2 90 "$images/report"
page "$report" 2 70 "$walk/summary"
page "$report" "$last" 70 "$walk/signed"
"$root/.venv/bin/python" "$root/tools/beside.py" "$walk/summary.png" "$walk/signed.png" "$images/guide/10_report.png"
cp "$images/atlas_village.png" "$images/guide/09_atlas.png"
"$root/.venv/bin/python" "$root/tools/shrink.py" "$images"/*.png "$images"/guide/*.png
