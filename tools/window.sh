#!/usr/bin/env bash
# Runs a script in a real QGIS window on a virtual screen, in a profile of its own: tools/window.sh SCRIPT.py [LOCALE] [SCALE]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
script=$(realpath "$1")
locale=${2:-zh-Hans}
scale=${3:-1}
profiles=${REDLINE_PROFILES:-$root/.cache/window}
home=$profiles/profiles/default
mkdir -p "$home/QGIS" "$home/python/plugins"
mkdir -p -m 700 "$root/.cache/runtime"
ln -sfn "$root" "$home/python/plugins/redline"
cat >"$home/QGIS/QGIS3.ini" <<INI
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

[UI]
UITheme=${REDLINE_THEME:-default}
INI
export QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=$root/.cache/runtime QT_SCALE_FACTOR=$scale
PYTHONPATH=$("$root/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
export PYTHONPATH
unset QGIS_CUSTOM_CONFIG_PATH
exec timeout -k 10 "${REDLINE_SECONDS:-180}" xvfb-run -a -s "-screen 0 $((1720 * scale))x$((1080 * scale))x24 -nolisten tcp" \
    qgis --profiles-path "$profiles" --profile default --nologo --noversioncheck --nocustomization --code "$script"
