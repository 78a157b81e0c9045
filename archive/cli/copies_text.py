"""How many good copies there are, in words."""

from collections.abc import Mapping

from archive.cli.output import plural


def copies_sentence(good: Mapping[int, int]) -> str:
    """`Of 12 documents 10 have 2 good copies, 2 have only 1 good copy`, the archive's own counted."""
    held = sum(good.values())
    if not held:
        return "Nothing is held yet."
    if len(good) == 1:
        (count,) = good
        return f"{_subject(held)} {_has(count, held)}."
    parts = [f"{good[count]:,} {_has(count, good[count])}" for count in sorted(good, reverse=True)]
    return f"Of {plural(held, 'document')} {', '.join(parts)}."


def _subject(held: int) -> str:
    return "The one document" if held == 1 else f"All {held:,} documents"


def _has(count: int, documents: int) -> str:
    verb = "has" if documents == 1 else "have"
    if count == 0:
        return f"{verb} no good copy"
    return f"{verb} only 1 good copy" if count == 1 else f"{verb} {count} good copies"
