"""What the user has given as sources, who plays which role and which field means what; kept in the project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProject, QgsVectorLayer

from redline.core.audit import CHECKS
from redline.core.choices import told, told_fields
from redline.core.standards import profiles
from redline.processing.algorithm import language
from redline.processing.folder import Candidate, Found, choose, files_in, in_files, in_project
from redline.processing.places import data_set
from redline.processing.readiness import Readiness, judge

SCOPE, ENTRY = "redline", "/sources"
_FOURWAY = ("map", "register", "table", "plots", "units")


def all_roles() -> list[str]:
    """All roles that a profile describes: first those of 四统一 as an office names them, then those that the other
    checks cannot do without."""
    needed = [role for check in CHECKS for role in (*check.needs, *check.one_of)]
    return list(dict.fromkeys([*_FOURWAY, *needed, *(profile.role for profile in profiles())]))


@dataclass
class Inventory:
    """The sources of a project and of single files. `roles` and `fields` are what was decided by hand: role → ids of
    sources, role → column → field; all else is guessed."""

    project: QgsProject
    files: list[Path] = field(default_factory=list)
    roles: dict[str, list[str]] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    found: Found = field(default_factory=Found)
    chosen: dict[str, list[Candidate]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    _context: QgsProcessingContext = field(default_factory=QgsProcessingContext)
    _of_files: dict[Path, Found] = field(default_factory=dict)

    def look(self) -> None:
        """Look at every layer and file, and guess what was not decided."""
        speech = language()
        # Sources and copies of the last look live as long as their context.
        self._context = QgsProcessingContext()
        self._context.setProject(self.project)
        layers = [one for one in self.project.mapLayers().values() if isinstance(one, QgsVectorLayer)]
        self.found = in_project(layers, self._context, speech)
        open_already = {_place(candidate) for candidate in self.found.candidates}
        for path in self.files:
            if path not in self._of_files:
                self._of_files[path] = in_files([path], self._context, speech)
            inside = self._of_files[path]
            # A layer of the project comes before the same one in its file: it has a selection.
            self.found.candidates += [one for one in inside.candidates if _place(one) not in open_already]
            self.found.unread += inside.unread
        self.choose()

    def choose(self) -> None:
        """Give every role its sources: those decided by hand that are still there, for the others the best guess."""
        there = {candidate.id for candidate in self.found.candidates}
        decided = {role: [one for one in ids if one in there] for role, ids in self.roles.items()}
        # Where all that was decided is gone, nothing is decided; an empty list leaves a role out.
        decided = {role: ids for role, ids in decided.items() if ids or not self.roles[role]}
        self.chosen, self.unused = choose(self.found.candidates, language(), decided)

    def readiness(self, role: str) -> Readiness:
        """How far a role is provided for."""
        return judge(
            role, self.chosen.get(role, []), self.found.candidates, self.fields.get(role, {}), language()
        )  # fmt: skip

    def offered(self, role: str) -> list[Candidate]:
        """All sources in the order in which they may be meant for a role: the best guess first."""
        scores = {
            candidate.id: next((score for name, _, score in candidate.guesses if name == role), 0.0)
            for candidate in self.found.candidates
        }
        return sorted(self.found.candidates, key=lambda one: (-scores[one.id], one.name, one.id))

    def decide(self, role: str, ids: Sequence[str]) -> None:
        """Have these sources play a role, and no others."""
        self.roles[role] = list(ids)
        self.choose()

    def forget(self) -> None:
        """Leave everything to the guess again."""
        self.roles.clear()
        self.fields.clear()
        self.choose()

    def add_files(self, paths: Iterable[Path]) -> list[Path]:
        """Look at more files, and at everything in folders; gives those that were not there yet."""
        every = [one for path in paths for one in (files_in(path) if _is_folder(path) else [path])]
        known = {data_set(path) for path in self.files}
        added = []
        for path in every:
            if data_set(path) not in known:
                known.add(data_set(path))
                added.append(path)
        self.files += added
        self.look()
        return added

    def remove_file(self, path: Path) -> None:
        """Look at a file no more."""
        self.files.remove(path)
        self._of_files.pop(path, None)
        self.look()

    def close(self) -> None:
        """Let go of all sources: they must not outlive QGIS."""
        self.found, self.chosen, self.unused = Found(), {}, []
        self._of_files.clear()
        self._context = QgsProcessingContext()

    def parameters(self) -> dict[str, Any]:
        """What an audit of these sources is given."""
        files = {str(path) for path in self.files}
        used = [candidate for several in self.chosen.values() for candidate in several]
        return {
            "LAYERS": [one.id for one in used if one.file not in files or one.id in self.project.mapLayers()],
            "FILES": [str(path) for path in self.files],
            "ROLES": told({role: [one.id for one in self.chosen.get(role, [])] for role in all_roles()}),
            "FIELDS": told_fields({role: named for role, named in self.fields.items() if named}),
        }

    def save(self) -> None:
        """Keep in the project what was decided."""
        kept = {
            "files": [self.project.writePath(str(path)) for path in self.files],
            "roles": self.roles,
            "fields": self.fields,
        }
        self.project.writeEntry(SCOPE, ENTRY, json.dumps(kept, ensure_ascii=False, sort_keys=True))

    def load(self) -> None:
        """Take up what the project keeps; what cannot be understood is forgotten."""
        self.files, self.roles, self.fields = [], {}, {}
        self._of_files.clear()
        said, _ = self.project.readEntry(SCOPE, ENTRY, "")
        try:
            kept: Mapping[str, Any] = json.loads(said) if said else {}
            files = [Path(self.project.readPath(str(name))) for name in kept.get("files", [])]
            self.roles = {str(role): [str(one) for one in ids] for role, ids in kept.get("roles", {}).items()}
            self.fields = {
                str(role): {str(column): str(name) for column, name in named.items()}
                for role, named in kept.get("fields", {}).items()
            }
        except (ValueError, AttributeError, TypeError):
            files = []
        self.files = [path for path in files if path.exists()]


def _place(candidate: Candidate) -> tuple[str, str]:
    """Where a source lies: its file, and the layer in it where there may be several."""
    file, layer = candidate.place
    several = file.lower().endswith((".gpkg", ".gdb", ".xlsx", ".xls", ".ods"))
    return data_set(file), layer if several else ""


def _is_folder(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() != ".gdb"
