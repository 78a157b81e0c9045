"""Bags offered to an archive, and what the ingest of them said."""

from pathlib import Path
from typing import Any

from archive.services.ingest.job import Ingest, IngestOutcome
from archive.services.ingest.request import IngestRequest
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.plan import Plan
from tests.archives import MadeArchive
from tests.conformance.bag_cases.bag import (
    Bag,
    build,
)


class Told:
    """What one ingest did and said."""

    def __init__(self, outcome: IngestOutcome, plan: Plan) -> None:
        self.code = outcome.exit_code
        self.verdicts = {judged.name: judged.report.verdict.value for judged in outcome.bags}
        self.ingested = [row.source for row in plan.outcomes("ingested")]
        self.held = [row.source for row in plan.outcomes("held")]
        self.left_out = [source for source, _ in plan.left_out()]
        found = [*plan.findings_json(), *(one for _, several in plan.rejected() for one in several)]
        self.codes = {one["code"] for one in found}
        self.errors = {one["code"] for one in found if one["severity"] == "error"}
        self.places = {one["place"] for one in found}
        self._found = found

    def places_of(self, code: str) -> list[str]:
        """Where findings of a code are, each as often as it is said."""
        return [one["place"] for one in self._found if one["code"] == code]


def ingest(archive: MadeArchive, *sources: Path, **options: Any) -> Told:
    """Ingests these sources in this process; undescribed unless it is said."""
    chosen: dict[str, Any] = {"identify": False, "describe_later": True, **options}
    request = IngestRequest(sources=tuple(map(str, sources)), **chosen)
    opened, surroundings = archive.opened, Surroundings()
    with Plan() as plan, writing(opened, command="ingest", surroundings=surroundings) as hold:
        return Told(Ingest(opened, request, plan, surroundings).run(hold), plan)


def offered(archive: MadeArchive, bag: Bag, name: str = "transfer") -> Path:
    """The bag as a folder beside the archive."""
    build(bag, archive.folder / name)
    return archive.folder / name


def held_bag(archive: MadeArchive) -> Path:
    """The one bag of the archive."""
    (bag,) = archive.root.glob("bags/*/*")
    return bag
