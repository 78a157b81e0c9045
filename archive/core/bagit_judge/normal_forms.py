"""Listed paths that are there under another Unicode form (RFC 8493 §6.1.1.2, §6.1.1.3)."""

from collections.abc import Iterable

from archive.core.bagit_judge.seen import Seen
from archive.core.composed_form import composed


def same_under_nfc(missing: Iterable[str], seen: Seen) -> dict[str, str]:
    """For each missing path that has one, the file whose path is equal to it in composed form.

    Files that no manifest lists come before those that one does.
    """
    forms = {path: composed(path) for path in missing if not path.isascii()}
    if not forms:
        return {}
    wanted = set(forms.values())
    unlisted = set(seen.unlisted)
    # By their form, not by each missing path: a name of twenty accents has a million spellings.
    found: dict[str, str] = {}
    for path in seen.files():
        if (
            not path.isascii()
            and (form := composed(path)) in wanted
            and (form not in found or path in unlisted)
        ):
            found[form] = path
    return {path: found[form] for path, form in forms.items() if form in found}
