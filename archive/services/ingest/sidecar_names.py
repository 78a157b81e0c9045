"""What a sidecar says of the file that it describes, held against the one that it stands beside."""

import os
from collections.abc import Collection, Sequence

from archive.core import findings
from archive.core.composed_form import composed
from archive.core.findings import At, Finding
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions import PREFIXES, path_candidates
from archive.storage.plan import FileRow, Plan

_ALL = frozenset(PREFIXES)
_WHOLE = frozenset((".", "objects", "data"))  # by these a bag may be called, too


def not_literally(paths: Sequence[str], document: str) -> tuple[str, ...]:
    """Those of the written paths that are not plainly the path or the name of the document."""
    own = {document, os.path.basename(document)}
    return tuple(path for path in paths if path not in own and own.isdisjoint(path_candidates(path, _ALL)))


def another_file(paths: Sequence[str], document: FileRow, plan: Plan, prefixes: frozenset[str]) -> str | None:
    """The first of the written paths that means another file than the document; None where there is none.

    What has the name of the document means it, in whatever case, with or without its ending, and in folders
    that are not there; unless another file or folder of the submission is called just so. `prefixes` are
    kept (`path_candidates`).
    """
    return next((path for path in paths if _is_another(path, document, plan, prefixes)), None)


def _is_another(path: str, document: FileRow, plan: Plan, prefixes: frozenset[str]) -> bool:
    forms = path_candidates(path, prefixes)
    folder, _, name = document.path.rpartition("/")
    if {composed(document.path), composed(name)} & set(map(composed, forms)):
        return False
    inside, _, last = forms[-1].rpartition("/")
    if not _is_alike(last, name) or not _is_encodable(path):
        return True
    beside = [os.path.normpath(os.path.join(folder, form)) for form in forms]
    if any(
        file.id != document.id for form in (*forms, *beside) for file in plan.files_at(form, document.root)
    ):
        return True
    named = {inside, os.path.dirname(beside[-1])} - {"", folder}
    return bool(named) and plan.is_any_at(sorted(named))


def _is_alike(written: str, name: str) -> bool:
    folded = composed(written).casefold()
    whole = composed(name).casefold()
    return folded in {whole, os.path.splitext(whole)[0]}


def _is_encodable(path: str) -> bool:
    """False for half a character (a lone surrogate), which is in no name of a file."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def another_bag(paths: Sequence[str], folder: str) -> str | None:
    """The first of the written paths that does not mean the bag in the folder of that name."""
    return next((path for path in paths if not _is_bag(path_candidates(path), composed(folder))), None)


def _is_bag(forms: Collection[str], folder: str) -> bool:
    names = {composed(form.rstrip("/").rpartition("/")[2]) for form in forms}
    return folder in names or not _WHOLE.isdisjoint(form.rstrip("/") for form in forms)


def names_another(place: str, at: At, document: str, named: str) -> Finding:
    """The error that a sidecar describes something else than what it stands beside, by its own words."""
    shown = printable(named[:QUOTED])
    return findings.error(
        "PAIR-AMBIGUOUS",
        place,
        f"stands beside {document} and says that it describes {shown}",
        at=at,
        found=shown,
        remedy="write the name of the file that it stands beside, or name it after the one that it describes",
    )
