"""What a run over a copy brings before the ledger that knows it: told apart from what nobody brought."""

import os
from pathlib import Path

from archive.core import findings
from archive.core.findings import Finding
from archive.core.ids import is_uuid7
from archive.core.litter import litter
from archive.storage.audits.results import PLAN, is_chunk, list_number
from archive.storage.disk.kinds import file_at, folder_at
from archive.storage.layout import damaged_path, own_damaged_path


def brought_before(root: Path, finding: Finding) -> Finding:
    """A note in place of a finding that a run which was cut off explains, in a copy judged by itself.

    Such a run brings manifests of runs, results of audits and records of repairs, each in the one place and
    of the one kind that it can have. Anything else is a stranger there, whatever the marker says.
    """
    place = finding.place
    name = place.rpartition("/")[2]
    try:
        if finding.code == "CATALOG-RUN-UNKNOWN":
            run = name.removesuffix(".json")
            known = is_uuid7(run) and place == f"runs/{run}.json" and file_at(root / place)
        elif finding.code == "AUDIT-UNKNOWN":
            known = is_uuid7(name) and place == f"audits/{name}" and _are_results(root / place)
        elif finding.code == "QUARANTINE-UNKNOWN":
            known = is_uuid7(name) and _is_of_repair(place, name) and folder_at(root / place)
        else:
            return finding
    except OSError:  # what cannot be looked at is not explained
        return finding
    if not known:
        return finding
    return findings.note("COPY-PENDING", place, "may be of a run over the copy that has not ended")


def _are_results(folder: Path) -> bool:
    if not folder_at(folder):
        return False
    with os.scandir(folder) as names:
        return all(_is_of_results(one) for one in names)


def _is_of_results(one: os.DirEntry[str]) -> bool:
    ours = one.name == PLAN or is_chunk(one.name) or list_number(one.name) or litter(one.name)
    return bool(ours) and one.is_file(follow_symlinks=False)


def _is_of_repair(place: str, run: str) -> bool:
    bag = place.split("/")[-2]
    return place == (damaged_path(bag, run) if is_uuid7(bag) else own_damaged_path(run))
