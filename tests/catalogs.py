"""Catalogs that were kept up, and what was done to them."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.archives import overwrite
from tests.changes import Changing


def edit(changing: Changing, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
        index.execute(statement)


def lived(changing: Changing) -> None:
    """Everything that writes to the index has done so."""
    changing("audit")
    changing("describe", changing.reference("a.txt"), "--set", "title=New")
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("audit", "--sample", "1", "--seed", "dice")


def damage(changing: Changing) -> None:
    """The description of a document, of its second revision."""
    path = changing.bag("a.txt") / "metadata/revisions/0002/dublin-core.json"
    overwrite(path, path.read_bytes() + b" ")


def codes(changing: Changing, code: int = 0) -> set[str]:
    """What `archive catalog verify` finds."""
    return {one["code"] for one in changing("catalog", "verify", code=code)["findings"]}


def unreadable(patch: pytest.MonkeyPatch, path: Path) -> None:
    """The system refuses to open or list it, also to whoever may do everything."""
    for name in ("open", "listdir"):
        patch.setattr(os, name, partial(_refused, getattr(os, name), str(path)))


def _refused(call: Callable[..., Any], refused: str, path: Any, *rest: Any, **options: Any) -> Any:
    if not isinstance(path, int) and os.fsdecode(path) == refused:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), refused)
    return call(path, *rest, **options)
