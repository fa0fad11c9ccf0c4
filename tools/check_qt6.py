"""Look up in the real PyQt6 what the plugin takes from Qt: names, enums, methods; run in an environment that has it.

Found: names and attribute chains that PyQt6 lacks (unscoped enums, removed classes and methods), also through
`getattr` with a fixed name and through a variable or argument whose class the code names; `exec_`; bindings imported
past qgis.PyQt; compiled resources. Not found: methods of objects whose class no code names, and QGIS's own names.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

BINDINGS = ("PyQt4", "PyQt5", "PyQt6", "PySide2", "PySide6", "sip")
GONE = {"exec_": "exec", "print_": "print"}
# Where Qt 6 keeps what Qt 5 has in QtWidgets; qgis.PyQt offers it in both places.
MOVED = ("QAction", "QActionGroup", "QFileSystemModel", "QShortcut", "QUndoCommand", "QUndoGroup", "QUndoStack")
# What QGIS puts into its PyQt6 for old code.
ADDED = {("QtCore", "NULL"), ("QVariant", "Type")}
RESOURCES = ("qInitResources", "qCleanupResources", "qRegisterResourceData")

Fault = tuple[int, str]
Modules = Callable[[str], Optional[Any]]
_MISSING, _UNKNOWN = object(), object()


def pyqt6(name: str) -> Any | None:
    """The module of PyQt6 with this name, None where there is none."""
    try:
        return importlib.import_module(f"PyQt6.{name}")
    except ModuleNotFoundError:
        return None


def faults(source: str, modules: Modules = pyqt6) -> list[Fault]:
    """Line and words of everything in a Python source that PyQt6 does not have, sorted; `modules` is where to look."""
    search = _Search(modules)
    search.visit(ast.parse(source))
    return sorted(set(search.found))


class _Search(ast.NodeVisitor):
    """Walks a source from top to bottom; a name means what it was bound to in the innermost function that binds it."""

    def __init__(self, modules: Modules) -> None:
        self.found: list[Fault] = []
        self._modules = modules
        self._scopes: list[dict[str, Any]] = [{}]
        # The names that each function binds once: what these mean does not change on the way.
        self._single: list[set[str]] = [set()]

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._check_module(node, alias.name)
            if alias.name.startswith("qgis.PyQt.") and alias.asname:
                self._bind(alias.asname, self._module(node, alias.name.split(".")[2]))
            elif alias.name.startswith("qgis.PyQt"):
                self._tell(node, f"import {alias.name}: import names from it, or give it one, to have them looked up")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        name = node.module or ""
        self._check_module(node, name)
        for alias in node.names:
            if alias.name.endswith("_rc"):
                self._check_module(node, alias.name)
            elif name == "qgis.PyQt":
                self._bind(alias.asname or alias.name, self._module(node, alias.name))
            elif name.startswith("qgis.PyQt.") and alias.name == "*":
                self._tell(node, f"star import from {name}: nothing of it can be looked up")
            elif name.startswith("qgis.PyQt."):
                module = name.split(".")[2]
                if module == "QtGui" and alias.name in MOVED:
                    self._tell(node, f"{alias.name} from QtGui: Qt 5 has it in QtWidgets only, qgis.PyQt in both")
                found = self._member(node, self._module(node, module), module, alias.name)
                self._bind(alias.asname or alias.name, found)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for outside in (*node.decorator_list, *_annotations(node), *node.args.defaults, *node.args.kw_defaults):
            if outside is not None:
                self.visit(outside)
        self._check_resource(node, node.name)
        counts = _bindings(node)
        self._scopes.append(dict.fromkeys(counts, _UNKNOWN))
        self._single.append({name for name, count in counts.items() if count == 1})
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            kind = self._meaning(argument.annotation) if argument.annotation else _UNKNOWN
            if inspect.isclass(kind) and argument.arg in self._single[-1]:
                self._bind(argument.arg, kind)
        for statement in node.body:
            self.visit(statement)
        self._scopes.pop()
        self._single.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast calls

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in self._single[-1] and isinstance(node.value, ast.Call):
            made = self._meaning(node.value.func)
            if inspect.isclass(made):
                self._bind(target.id, made)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in GONE:
            self._tell(node, f".{node.attr}: use .{GONE[node.attr]}")
        elif isinstance(node.ctx, ast.Load):
            self._meaning(node)
        self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        self._check_resource(node, node.id)

    def visit_Call(self, node: ast.Call) -> None:
        called, fixed = node.func, [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        if name == "getattr" and len(fixed) == 2 and isinstance(fixed[1], str):
            self._member(node, self._meaning(node.args[0]), ast.unparse(node.args[0]), fixed[1])
        elif name in ("import_module", "__import__") and fixed and isinstance(fixed[0], str):
            self._check_module(node, fixed[0])
        self.generic_visit(node)

    def _tell(self, node: ast.AST, words: str) -> None:
        self.found.append((getattr(node, "lineno", 0), words))

    def _bind(self, name: str, meaning: Any) -> None:
        self._scopes[-1][name] = meaning

    def _check_module(self, node: ast.AST, name: str) -> None:
        if name.partition(".")[0] in BINDINGS:
            self._tell(node, f"import of {name}: use qgis.PyQt")
        if _last(name).endswith("_rc"):
            self._tell(node, f"import of {name}: compiled resources are gone from PyQt6, read the file itself")

    def _check_resource(self, node: ast.AST, name: str) -> None:
        if name in RESOURCES:
            self._tell(node, f"{name}: compiled resources are gone from PyQt6, read the file itself")

    def _module(self, node: ast.AST, name: str) -> Any:
        found = self._modules(name)
        if found is None:
            self._tell(node, f"PyQt6 has no module {name}")
            return _UNKNOWN
        return found

    def _meaning(self, node: ast.AST) -> Any:
        """The module, class or member that an expression names, _UNKNOWN for anything else."""
        if isinstance(node, ast.Name):
            return next((scope[node.id] for scope in reversed(self._scopes) if node.id in scope), _UNKNOWN)
        if isinstance(node, ast.Attribute) and node.attr not in GONE:
            return self._member(node, self._meaning(node.value), ast.unparse(node.value), node.attr)
        return _UNKNOWN

    def _member(self, node: ast.AST, home: Any, path: str, name: str) -> Any:
        if home is _UNKNOWN or not (inspect.ismodule(home) or inspect.isclass(home)):
            return _UNKNOWN
        # A member variable of C++ is listed in its class but belongs to the objects.
        if (_last(home.__name__), name) in ADDED or (name in dir(home) and not hasattr(home, name)):
            return _UNKNOWN
        found = getattr(home, name, _MISSING)
        if found is _MISSING and home.__name__.endswith("QtWidgets") and name in MOVED:
            found = getattr(self._modules("QtGui"), name, _MISSING)
        if found is not _MISSING:
            return found
        self._tell(node, f"PyQt6 has no {path}.{name}{_scoped(home, path, name)}")
        return _UNKNOWN


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr | None]:
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
    yield from (argument.annotation for argument in every if argument)
    yield node.returns


def _bindings(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, int]:
    """How often a function binds each of its names, what is nested in it included."""
    counts: dict[str, int] = {}
    for node in ast.walk(function):
        name = node.arg if isinstance(node, ast.arg) else None
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            name = node.id
        if name:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _scoped(home: Any, path: str, name: str) -> str:
    """Where Qt 6 keeps an enum's member that Qt 5 also has in the class."""
    for inner, kind in inspect.getmembers(home, inspect.isclass):
        if issubclass(kind, enum.Enum) and name in kind.__members__:
            return f": use {path}.{inner}.{name}"
    return ""


def check(files: list[Path], root: Path) -> list[str]:
    """One line a fault in the files, named as they are below `root`."""
    return [
        f"{file.relative_to(root)}:{line} {words}"
        for file in files
        for line, words in faults(file.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    from shipped import ROOT, shipped

    if pyqt6("QtCore") is None:
        sys.exit("PyQt6 is missing here")
    sys.exit("\n".join(check(shipped(".py"), ROOT)) or 0)
