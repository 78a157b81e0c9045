"""Storage: copies, their places and media. Numbers are counted; places and media are the keeper's word."""

from archive.core.assessment.answers import met_as_told, not_met, unknown
from archive.core.assessment.evidence import Evidence, KeptCopy
from archive.core.assessment.model import Answer

_COPY = "archive copy --to DIR --medium … --site … --provider …"


def two_copies(evidence: Evidence) -> Answer:
    """Every held document has two good copies, and the copy's place says where it stands."""
    return _copies(evidence, 2, sites=1)


def three_copies(evidence: Evidence) -> Answer:
    """Three good copies, and the copies stand in two different places."""
    return _copies(evidence, 3, sites=2)


def _copies(evidence: Evidence, wanted: int, *, sites: int) -> Answer:
    counted = (
        f"archive status: every document has at least {evidence.fewest_copies} good copies, this one counted"
    )
    if evidence.fewest_copies < wanted:
        return not_met(f"{wanted} are wanted: {_COPY}, then archive audit --copy DIR", counted)
    shared = [copy for copy in evidence.copies if copy.is_written and copy.on_disk_of]
    if evidence.fewest_copies - len(shared) < wanted:
        said = [f"{copy.name} lies on the disk of {copy.on_disk_of}" for copy in shared]
        return not_met(f"{wanted} on disks of their own are wanted: {_COPY}", counted, *said)
    told = sorted({copy.site for copy in _complete(evidence) if copy.site and not copy.on_disk_of})
    if len(told) < sites:
        return unknown(f"archive.toml does not say where the copies stand: {_COPY}", counted)
    return met_as_told(counted, f"archive.toml, [[copies]] site: {', '.join(told)}")


def media_documented(evidence: Evidence) -> Answer:
    """Each place of a copy names its medium and site."""
    if not evidence.copies:
        return not_met(f"no place of a copy is on record: {_COPY}")
    silent = [copy.name for copy in evidence.copies if not (copy.medium and copy.site)]
    if silent:
        return not_met(f"medium or site is not said of {', '.join(silent)}: {_COPY}")
    named = ", ".join(f"{copy.name} ({copy.medium}, {copy.site})" for copy in evidence.copies)
    return met_as_told(f"archive.toml, [[copies]]: {named}")


def stable_storage(evidence: Evidence) -> Answer:
    """Audits say that bytes stay as they are, not what the disk is like."""
    found = f"archive coverage: {evidence.checked_within} of {evidence.held} found intact within the promise"
    return unknown("how stable a disk is cannot be seen from here", found)


def dependencies(_: Evidence) -> Answer:
    """Nothing here knows what a storage needs."""
    return unknown("what a storage needs to work (machines, programs, contracts) is not recorded here")


def other_disaster(evidence: Evidence) -> Answer:
    """Sites are names: what threatens them is not known."""
    return unknown("what threatens a place is not recorded here", *_sites(evidence))


def three_disasters(evidence: Evidence) -> Answer:
    """As `other_disaster`; without three copies it cannot be so."""
    if evidence.fewest_copies < 3:
        counted = f"archive status: the fewest good copies of a document are {evidence.fewest_copies}"
        return not_met(f"three copies are wanted: {_COPY}", counted)
    return unknown("what threatens a place is not recorded here", *_sites(evidence))


def other_medium(evidence: Evidence) -> Answer:
    """Two places whose media are named differently."""
    media = sorted({copy.medium for copy in _complete(evidence) if copy.medium})
    if len(media) >= 2:
        return met_as_told(f"archive.toml, [[copies]] medium: {', '.join(media)}")
    if not _complete(evidence):
        return not_met(f"no complete copy is on record: {_COPY}")
    return unknown(
        "on what this archive itself lies is not recorded here", *(f"a copy on {each}" for each in media)
    )


def diverse(evidence: Evidence) -> Answer:
    """As far as names tell: places, media and providers all differ in number."""
    if evidence.fewest_copies < 3:
        counted = f"archive status: the fewest good copies of a document are {evidence.fewest_copies}"
        return not_met(f"with fewer than three copies there is a single point of failure: {_COPY}", counted)
    told = [
        f"archive.toml, [[copies]] {kind}: {', '.join(sorted(names))}"
        for kind, names in (
            ("site", {copy.site for copy in evidence.copies if copy.site}),
            ("medium", {copy.medium for copy in evidence.copies if copy.medium}),
            ("provider", {copy.provider for copy in evidence.copies if copy.provider}),
        )
        if names
    ]
    return unknown("whether two places share a point of failure cannot be seen from here", *told)


def obsolescence_tracked(_: Evidence) -> Answer:
    """Nothing here knows the age of hardware."""
    return unknown("the age and state of disks and machines are not recorded here")


def obsolescence_met(_: Evidence) -> Answer:
    """A plan is a paper."""
    return unknown("a plan to replace storage is not recorded here")


def _complete(evidence: Evidence) -> list[KeptCopy]:
    return [copy for copy in evidence.copies if copy.is_complete]


def _sites(evidence: Evidence) -> list[str]:
    sites = sorted({copy.site for copy in evidence.copies if copy.site})
    return [f"archive.toml, [[copies]] site: {', '.join(sites)}"] if sites else []
