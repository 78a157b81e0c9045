"""Listed paths that are there under another Unicode form (RFC 8493 §6.1.1.2, §6.1.1.3)."""

from collections.abc import Iterable

from archive.core.bagit_judge.seen import Seen
from archive.core.composed_form import composed


def same_under_nfc(missing: Iterable[str], seen: Seen) -> dict[str, str]:
    """For each missing path that has one, the file whose path is equal to it in composed form.

    Files that no manifest lists come before those that one does.
    """
    wanted: dict[str, list[str]] = {}
    for path in missing:
        if not path.isascii():
            wanted.setdefault(composed(path), []).append(path)
    if not wanted:
        return {}
    unlisted = set(seen.unlisted)
    resolved: dict[str, str] = {}
    for path in seen.files():
        if path.isascii():
            continue
        for alias in wanted.get(composed(path), ()):
            if alias not in resolved or path in unlisted:
                resolved[alias] = path
    return resolved
