"""Text files that QGIS misreads: Shapefile and CSV in GBK without a word about it, codes taken for numbers.

A copy of the user's layer is set right; the layer itself stays as it is.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable
from pathlib import Path

from qgis.core import QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt.QtCore import QUrl, QUrlQuery

_SAMPLE = 1_000_000
# Language driver ids of dBASE files (GDAL's shape driver, DOMAIN §8).
_LANGUAGE_DRIVERS = {0x4D: "cp936", 0x4F: "cp950", 0x7A: "cp936", 0x78: "cp950"}
_CHINESE = ("gb18030", "gbk", "gb2312")
_FIRST_CJK = "\u2e80"


def readable(layer: QgsVectorLayer, codes_as_text: bool = True) -> tuple[QgsVectorLayer, str] | None:
    """A copy of `layer` that reads its file right, and the encoding; None where the layer itself does.

    With `codes_as_text`, a delimited-text layer that took columns for numbers (and dropped leading zeros) gives text.
    """
    provider = layer.providerType()
    if provider == "delimitedtext":
        return _delimited(layer, codes_as_text)
    if provider != "ogr":
        return None
    path = Path(QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("path") or "")
    kind = layer.dataProvider().storageType()
    if not path.is_file():
        return None
    if kind == "ESRI Shapefile":
        encoding = shapefile_encoding(path)
    elif kind == "CSV":
        encoding = text_encoding(_head(path).splitlines())
    else:
        return None
    if encoding is None or _same(encoding, layer.dataProvider().encoding()):
        return None
    copy = layer.clone()
    copy.setProviderEncoding("GB18030" if encoding in _CHINESE else encoding)
    copy.selectByIds(layer.selectedFeatureIds())
    return copy, encoding


def shapefile_encoding(path: Path) -> str | None:
    """Python's name of the encoding of a Shapefile's attributes by their bytes; None where all is ASCII or unknown.

    In this order: UTF-8 with Chinese in it, what the .cpg or the DBF says, any UTF-8, GB18030.
    """
    try:
        table = _head(_beside(path, ".dbf"))
    except OSError:
        return None
    if len(table) < 33:
        return None
    return text_encoding(_dbf_texts(table), _declared(path) or _LANGUAGE_DRIVERS.get(table[29], ""))


def text_encoding(texts: Iterable[bytes], declared: str = "") -> str | None:
    """Python's name of the encoding of `texts`, which may be cut in a character; None where all is ASCII or unknown."""
    foreign = [text for text in texts if not text.isascii()]
    if not foreign:
        return None
    utf8 = _decoded(foreign, "utf-8")
    if utf8 is not None and any(character >= _FIRST_CJK for character in utf8):
        return "utf-8"
    tries = [declared, "utf-8", "gb18030"] if declared else ["utf-8", "gb18030"]
    return next((_name(encoding) for encoding in tries if _decoded(foreign, encoding) is not None), None)


def is_utf16(beginning: bytes) -> bool:
    """Does a text file begin as UTF-16 does?"""
    return beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _delimited(layer: QgsVectorLayer, codes_as_text: bool) -> tuple[QgsVectorLayer, str] | None:
    url = QUrl.fromEncoded(layer.source().encode())
    path = Path(url.toLocalFile())
    if not path.is_file():
        return None
    query = QUrlQuery(url)
    encoding = text_encoding(_head(path).splitlines())
    misread = encoding is not None and not _same(encoding, query.queryItemValue("encoding") or "utf-8")
    guessed = codes_as_text and any(one.isNumeric() for one in layer.fields())
    if not (misread or guessed):
        return None
    wanted = {"detectTypes": "no" if codes_as_text else query.queryItemValue("detectTypes") or "yes"}
    if encoding is not None:
        wanted["encoding"] = "GB18030" if encoding in _CHINESE else encoding.upper()
    for key, value in wanted.items():
        query.removeAllQueryItems(key)
        query.addQueryItem(key, value)
    url.setQuery(query)
    copy = QgsVectorLayer(bytes(url.toEncoded()).decode(), layer.name(), "delimitedtext")
    if not copy.isValid():
        return None
    copy.setSubsetString(layer.subsetString())
    copy.selectByIds(layer.selectedFeatureIds())
    return copy, encoding or "utf-8"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_SAMPLE)


def _beside(path: Path, suffix: str) -> Path:
    """The file beside a Shapefile, whatever the case of its suffix."""
    tries = [path.with_suffix(suffix), path.with_suffix(suffix.upper())]
    return next((file for file in tries if file.is_file()), tries[0])


def _declared(path: Path) -> str:
    try:
        said = _beside(path, ".cpg").read_text(encoding="ascii", errors="ignore").strip()
    except OSError:
        return ""
    return _name("cp" + said if said.isdigit() else said)


def _dbf_texts(table: bytes) -> list[bytes]:
    """Field names and text cells at the head of a DBF file."""
    header, width = struct.unpack("<HH", table[8:12])
    texts, spans, place = [], [], 1
    for start in range(32, min(header, len(table)) - 31, 32):
        if table[start] == 0x0D:
            break
        texts.append(table[start : start + 11].split(b"\0")[0])
        if table[start + 11 : start + 12] == b"C":
            spans.append((place, place + table[start + 16]))
        place += table[start + 16]
    for row in range(header, len(table) - width + 1, width or len(table)):
        texts += [table[row + first : row + last].rstrip(b" \0") for first, last in spans]
    return texts


def _decoded(texts: Iterable[bytes], encoding: str) -> str | None:
    """All texts in one, None where one is not of this encoding; a character cut off at a text's end is no fault."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)
        return "".join(decoder().decode(text) for text in texts)
    except (UnicodeDecodeError, LookupError):
        return None


def _name(encoding: str) -> str:
    """Python's name for an encoding, "" where there is none."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return ""


def _same(encoding: str, of_layer: str) -> bool:
    other = _name(of_layer)
    return encoding == other or (encoding in ("gbk", "gb2312") and other in _CHINESE)
