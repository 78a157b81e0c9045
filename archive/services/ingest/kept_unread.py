"""Descriptions in a folder that is one document: files of it as all others are, which is said."""

from archive.core import findings
from archive.formats.descriptions import sidecar_target
from archive.services.ingest.matching import Matcher
from archive.storage.plan import Plan


def tell_kept_unread(plan: Plan, matcher: Matcher) -> None:
    """Names each sidecar that a row for the folder around it made a part of a document."""
    for row, source in plan.descriptions_within():
        folder, slash, name = row.path.rpartition("/")
        targets = sidecar_target(name)
        if targets and (meant := matcher.sidecar_targets(row, folder + slash, targets)):
            say_kept_unread(plan, row.path, source, " and ".join(file.path for file in meant))


def say_kept_unread(plan: Plan, path: str, source: str, described: str) -> None:
    """Says that the description at a path is a part of the document `source`, and what it would describe."""
    message = (
        f"is kept as a file of the document {source}, and not read: nothing of it is said of {described}"
    )
    remedy = f"state in the description of {source} what this says; or take away the row for the folder"
    plan.add_finding(findings.warning("PAIR-KEPT-UNREAD", path, message, remedy=remedy))
