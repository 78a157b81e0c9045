"""What is said of a document that is held already, and came otherwise than it is held."""

from collections.abc import Iterator

from archive.core.limits.output import NAMED_IN_A_NOTE
from archive.core.submission import SUBMISSION_FOLDER
from archive.core.text import printable
from archive.storage.plan import Outcome


def held_otherwise(row: Outcome, held_as: str = "") -> Iterator[str]:
    """The lines on one: terms of its description, and files of a bag; none where it is all held."""
    of_bag = f"{SUBMISSION_FOLDER}/"
    terms = [each for each in row.differs if not each.startswith(of_bag)]
    files = [each.removeprefix(of_bag) for each in row.differs if each.startswith(of_bag)]
    begun = f"! {printable(row.source)} is held{held_as}"
    if terms:
        yield f"{begun}; its description differs"
        yield f"    {', '.join(terms)}: not applied; run `archive describe --metadata …`"
    if files:
        more = len(files) - NAMED_IN_A_NOTE
        named = ", ".join(files[:NAMED_IN_A_NOTE]) + (f" and {more:,} more" if more > 0 else "")
        means = "a reference of its own" if row.reference else "--accession with a name of its own"
        yield f"{begun}; not all files of the bag are"
        yield f"    {named}: not held; {means} keeps this bag as another document"
