"""Rows whose name is only spelt otherwise than that of a file: whether that is certain, once all are read."""

from archive.core import findings
from archive.core.submission import Role
from archive.services.ingest.matching import Matcher
from archive.storage.plan import Misnamed, Plan


def tell_misnamed(plan: Plan, matcher: Matcher) -> None:
    """Says of each that it is not there, and what to write instead.

    What another row describes already, or what two rows would be corrected to, is asked after and no certain
    correction: two rows would name one file.
    """
    for one, is_meant_again in plan.misnamed():
        remedy, corrected = f"did you mean {one.meant}?", None
        if is_meant_again:
            remedy += " more than one row may"
        elif _is_described(plan, matcher, one):
            remedy += " it has another description"
        else:
            corrected = one.meant
        finding = findings.error(
            "PAIR-NO-DOCUMENT",
            one.place,
            f"{one.path} is described but not in the submission",
            at=one.at,
            found=one.path,
            remedy=remedy,
            corrected=corrected,
        )
        for source in one.sources or (None,):
            plan.add_finding(finding, source)


def _is_described(plan: Plan, matcher: Matcher, one: Misnamed) -> bool:
    """True where another row, or a sidecar, describes the file or bag, and no mere folder around it."""
    for file in plan.files_at(one.meant, one.root):
        if file.role is Role.REFUSED:
            return True
        if file.document is not None and plan.folder_document(file.document) is None:
            return True
    bags = matcher.bags.items() if one.root is None else ()
    named = (index for index, judged in bags if judged.name.rstrip("/") == one.meant)
    return any(plan.document_of_root(index) is not None for index in named)
