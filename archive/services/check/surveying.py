"""The survey of a submission: counted from the plan of its check, and formats by PRONOM."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from archive.core.submission import Role
from archive.core.survey import Survey, Twins
from archive.core.text import printable
from archive.formats.format_identification import Identification, Identifier, identifier
from archive.services.check.preflight_alone import CheckOutcome
from archive.services.surroundings import Progress
from archive.storage.plan import FileRow, Plan

BATCH: Final = 256
PATHS: Final = 4  # of each group of twins
_UNREADABLE: Final = frozenset({"SRC-UNREADABLE", "SRC-LINK", "SRC-SPECIAL", "SRC-DEPTH"})


def survey(plan: Plan, outcome: CheckOutcome, progress: Progress) -> Survey:
    """Counts everything that was found; twins where the check has looked for them.

    Loads the identifier, whose runtime does not outlive a fork: no process is started afterwards.
    """
    found = identifier()
    made = Survey()
    bases = {source.index: source.base for source in outcome.sources}
    progress.begin("Surveying", None, "files")
    try:
        files = _files(plan)
        while batch := list(islice(files, BATCH)):
            paths = [os.path.join(bases[file.root], file.path) for file in batch]
            answers = found.identify_many(paths) if found else [None] * len(batch)
            for file, path, answer in zip(batch, paths, answers, strict=True):
                made.add_file(file.path, file.size, _year(path))
                made.add_format(file.path, file.size, _format(answer, file.path))
            progress.advance(len(batch))
    finally:
        progress.end()
    made.identified_by = _tool(found)
    for group in plan.twin_groups(PATHS):
        made.add_twins(Twins(group.files, group.size, group.paths))
    for _, why in plan.left_out():
        made.left_out[why] += 1
    for finding in plan.all_findings():
        if finding["code"] in _UNREADABLE:
            place = finding["place"]
            made.add_unreadable(place if isinstance(place, str) else place["text"], str(finding["message"]))
    return made


def _files(plan: Plan) -> Iterator[FileRow]:
    for role in (Role.DOCUMENT, Role.SUBMISSION):
        yield from plan.files_with_role(role)


def _year(path: str) -> int | None:
    try:
        return datetime.fromtimestamp(os.lstat(path).st_mtime, UTC).year
    except (OSError, ValueError, OverflowError):
        return None


def _format(answer: Identification | None, path: str) -> tuple[str, str] | None:
    """Name and PUID; without an identifier the ending of the name."""
    if answer is None:
        ending = os.path.splitext(path)[1].lower()
        return (printable(ending) or "no ending", "")
    if not answer.formats:
        return None
    first = answer.formats[0]
    return (f"{first.name} {first.version}".strip(), first.puid)


def _tool(found: Identifier | None) -> str | None:
    if found is None:
        return None
    agent = found.agent
    return f"{agent.name} {agent.version}" if agent.version else agent.name
