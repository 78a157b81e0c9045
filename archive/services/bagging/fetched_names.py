"""Payload files that fetch.txt names in another Unicode form than the disk (RFC 8493 §6.1.1.3)."""

from collections.abc import Iterable

from archive.core.bagit.tag_lines import TagEditError
from archive.core.composed_form import composed


def names_in_fetch(fetched: Iterable[str], payload: Iterable[str]) -> dict[str, str]:
    """By the path of each such file that in fetch.txt: a manifest must list what fetch.txt names (§2.2.3).

    Raises TagEditError where it cannot be told which file is meant.
    """
    wanted = {path for path in fetched if not path.isascii()}
    if not wanted:
        return {}
    forms = {composed(path) for path in wanted}
    alike: dict[str, list[str]] = {}
    for path in payload:
        wanted.discard(path)
        if not path.isascii() and (form := composed(path)) in forms:
            alike.setdefault(form, []).append(path)
    named: dict[str, str] = {}
    for path in sorted(wanted):
        files = alike.get(composed(path), [])
        if len(files) != 1 or files[0] in named:
            raise TagEditError(f"fetch.txt names {path!r}, and no one file is there under that name")
        named[files[0]] = path
    return named
