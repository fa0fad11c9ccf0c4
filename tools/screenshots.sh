#!/usr/bin/env bash
# Takes the pictures of the README and the guide in a real QGIS window on a virtual screen: tools/screenshots.sh [LOCALE]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
locale=${1:-zh-Hans}
"$root/dev" demo >/dev/null
profiles=$root/.cache/screenshots
ini=$profiles/profiles/default/QGIS/QGIS3.ini
mkdir -p "$(dirname "$ini")" "$profiles/profiles/default/python/plugins" "$root/docs/images"
ln -sfn "$root" "$profiles/profiles/default/python/plugins/redline"
cat >"$ini" <<INI
[PythonPlugins]
redline=true
processing=true

[app]
FirstRun=false
askToSaveMemoryLayers=false

[core]
NewsFeed\\httpsfeedqgisorg\\disabled=true

[qgis]
checkVersion=false
showTips=false
showTips322=false
showTips340=false
showTips344=false

[locale]
overrideFlag=true
userLocale=$locale
INI
export QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=$root/.cache/runtime
export PYTHONPATH=$("$root/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
export REDLINE_DEMO=$root/resources/demo REDLINE_RESULTS=$root/output/demo/results.gpkg REDLINE_PICTURES=$root/docs/images
unset QGIS_CUSTOM_CONFIG_PATH
timeout -k 10 180 xvfb-run -a -s '-screen 0 1720x1080x24 -nolisten tcp' \
    qgis --profiles-path "$profiles" --profile default --nologo --noversioncheck --nocustomization \
    --code "$root/tools/screenshots.py"
cd "$root/.cache"  # In the checkout, its own processing/ would stand before that of QGIS.
QT_QPA_PLATFORM=offscreen PYTHONPATH=$root/.cache/path:/usr/share/qgis/python/plugins:$PYTHONPATH "$root/.venv/bin/python" -m redline.tools.maps
pdftoppm -r 90 -png -f 2 -l 2 -singlefile "$root/output/demo/report.pdf" "$root/docs/images/report"
