"""What a preflight of some files says."""

from pathlib import Path
from typing import Any, NamedTuple

from archive.core.descriptions.description import Description
from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan


class Checked(NamedTuple):
    """Title of each document that an ingest would make, by its source, and (code, place) of the findings."""

    titles: dict[str, str]
    findings: list[dict[str, Any]]

    @property
    def codes(self) -> set[tuple[str, str]]:
        return {(each["code"], each.get("found") or each["place"]) for each in self.findings}


def checked(*sources: Path, metadata: Path | None = None) -> Checked:
    chosen = tuple(map(str, sources))
    request = IngestRequest(sources=chosen, metadata=str(metadata) if metadata else None, jobs=1)
    with Plan() as plan:
        check(request, plan, Surroundings(), None)
        titles = {
            document.source: Description.from_stored(document.description).shown_title
            for document in plan.documents()
        }
        return Checked(titles, list(plan.all_findings()))


def filled(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root
