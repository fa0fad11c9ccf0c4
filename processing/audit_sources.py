"""The sources of an audit: found, given a role each, and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext, QgsProcessingException

from redline.core import audit, frames
from redline.core.catalogue import text
from redline.core.choices import Choices
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.memory import Input, describe
from redline.core.progress import Progress
from redline.core.scope import Scope
from redline.processing.folder import Candidate, Found, choose, in_files, in_folder, is_version, put_together
from redline.processing.layers import short


def find_sources(
    given: Found, folder: str, files: Sequence[Path], choices: Choices, context: QgsProcessingContext, speech: str
) -> tuple[dict[str, list[Candidate]], list[str]]:
    """The sources by role, of what is `given` and in a folder and files, and sentences on what is not read or used.

    Raises QgsProcessingException where the folder is not there, or no source has land for the audit to begin with.
    """
    found = [given]
    if folder:
        if not Path(folder).is_dir():
            raise QgsProcessingException(text("error.no_folder", speech, folder=folder))
        found.append(in_folder(Path(folder), context, speech))
    if files:
        found.append(in_files(files, context, speech))
    candidates = [candidate for one in found for candidate in one.candidates]
    unused = [sentence for one in found for sentence in one.unread]
    chosen, left = choose(candidates, speech, choices.sources)
    if not audit.place(chosen):
        empty = next((candidate for candidate in candidates if candidate.role == "map"), None)
        if empty:
            raise QgsProcessingException(text("error.no_features", speech, layer=empty.name))
        has = "、".join(candidate.name for candidate in candidates) or text("value.nothing", speech)
        raise QgsProcessingException(" ".join([text("error.no_map", speech, has=has), *unused]))
    return chosen, unused + left


def read_sources(
    chosen: Mapping[str, Sequence[Candidate]], choices: Choices, scope: Scope, crs: QgsCoordinateReferenceSystem,
    findings: Findings, progress: Progress,
) -> tuple[dict[str, Frame], list[Input], list[str]]:  # fmt: skip
    """Every source once; those of one role become one frame. And sentences on what was not read or not used."""
    speech = findings.language
    total = sum(len(several) for several in chosen.values())
    read: dict[str, Frame] = {}
    described: list[Input] = []
    unread: list[str] = []
    for role, several in chosen.items():
        parts: list[Frame] = []
        for candidate in several:
            step = progress.step(text("step.read", speech, layer=candidate.name), 1 / total)
            source = candidate.read(crs, step.step(share=0.6))
            as_frame = partial(
                frames.read, source, role, profile_id=candidate.profile, progress=step.step(),
                overrides=choices.fields.get(role),
            )  # fmt: skip
            # What is told of a source that is then not used is not told at all.
            if parts and role != "units" and is_version(as_frame(Findings(speech)), parts):
                unread.append(text("unchecked.same_keys", speech, layer=candidate.name,
                                   file=candidate.where(speech), other=parts[0].name))  # fmt: skip
                continue
            part = as_frame(findings)
            parts.append(part)
            if not candidate.flat:
                scope.look_at(part, source.cells.index.isin(sorted(candidate.selected)))
            unread += short(source.name, candidate.count, source.count, speech)
            described.append(describe(role, source, candidate.file_name))
        read[role] = put_together(parts)
    return read, described, unread
