"""Control, metadata and content: who acts, what is known of documents and of their formats."""

from typing import Final

from archive.core.assessment.answers import decided, met, not_met, unknown
from archive.core.assessment.evidence import Evidence
from archive.core.assessment.model import Answer

REVIEW_DAYS: Final = 366  # once a year, with a day for a leap year


def agents_decided(_: Evidence) -> Answer:
    """Only who holds the key can write to the ledger; who may read and delete files, the system knows."""
    return unknown(
        "whoever holds the signing key can write to the ledger; who may read, move or delete files the"
        " operating system settles, and nobody records here"
    )


def agents_documented(_: Evidence) -> Answer:
    """As `agents_decided`."""
    return unknown("a list of who may do what is not recorded here")


def logs_name_agents(evidence: Evidence) -> Answer:
    """Every entry names a person or body and a program."""
    told = f"ledger: {evidence.entries - evidence.unnamed_entries} of {evidence.entries} entries name both"
    return decided(not evidence.unnamed_entries, "archive history says which do not", told, "archive history")


def logs_reviewed(evidence: Evidence) -> Answer:
    """A statement or a witness from outside covers the ledger within a year."""
    wanted = "somebody else reads the ledger and signs: archive ledger statement, or archive ledger witness"
    if evidence.reviewed is None or evidence.days_since_review is None:
        return not_met(wanted, "no statement and no cosignature is kept")
    told = f"ledger/statements, ledger/checkpoints: reviewed up to {evidence.reviewed[:10]}"
    return decided(evidence.days_since_review <= REVIEW_DAYS, wanted, told)


def inventory(evidence: Evidence) -> Answer:
    """catalog.json and holdings.csv, made of ledger and bags."""
    told = f"catalog.json, holdings.csv: {evidence.held} documents, each with its folder"
    return decided(evidence.has_catalog, "archive catalog rebuild writes it", told, "archive catalog verify")


def inventory_apart(evidence: Evidence) -> Answer:
    """A copy has the catalog with it."""
    names = [copy.name for copy in evidence.copies if copy.is_written]
    if names:
        return met(f"catalog.json and holdings.csv on {', '.join(names)}", "ledger entries “copied”")
    return not_met("archive copy --to DIR takes it along; archive catalog export --to FILE writes it alone")


def described(evidence: Evidence) -> Answer:
    """Nothing awaits its description."""
    told = f"archive status: {evidence.held - evidence.awaiting} of {evidence.held} documents are described"
    return decided(
        not evidence.awaiting, "archive list --undescribed --table FILE.csv, then archive describe", told
    )


def standards_decided(_: Evidence) -> Answer:
    """The program decides: Dublin Core and PREMIS."""
    return met(
        "every bag: metadata/dublin-core.xml (Dublin Core), metadata/premis.xml (PREMIS 3); docs/formats.md"
    )


def gaps_filled(evidence: Evidence) -> Answer:
    """The gaps are known by name."""
    told = f"archive list --undescribed: {evidence.awaiting} documents await their description"
    return decided(not evidence.awaiting, "archive describe --metadata FILE", told)


def actions_recorded(evidence: Evidence) -> Answer:
    """The ledger has every action with its time, and each bag's PREMIS those of its ingest."""
    return met(f"ledger: {evidence.entries} entries, each with its time", "metadata/premis.xml in every bag")


def standards_used(evidence: Evidence) -> Answer:
    """Every bag gives a PREMIS that can be read, and no description is awaited."""
    told = f"metadata/premis.xml: {evidence.asked - evidence.doubtful} of {evidence.asked} are PREMIS 3"
    if evidence.doubtful:
        return not_met("archive audit says what is wrong with the others", told)
    return decided(not evidence.awaiting, f"{evidence.awaiting} documents await their description", told)


def formats_known(evidence: Evidence) -> Answer:
    """Every file has a format, with the tool and the time in PREMIS."""
    if evidence.doubtful:
        return unknown(f"{evidence.doubtful} documents could not be asked: archive audit says why")
    known = evidence.files - evidence.unidentified_files
    told = f"metadata/premis.xml: {known} of {evidence.files} files have a format, with tool and time"
    return decided(
        not evidence.unidentified_files,
        "archive report names the formats; look at the files without one",
        told,
    )


def formats_verified(_: Evidence) -> Answer:
    """The program identifies, it does not validate."""
    return unknown(
        "formats are identified here, not validated: that takes another tool, such as JHOVE or veraPDF"
    )


def creators(_: Evidence) -> Answer:
    """People talk to people."""
    return unknown("what is agreed with creators and donors is not recorded here")


def obsolescence(_: Evidence) -> Answer:
    """archive report says what is held; whether it ages, others know."""
    return unknown("archive report lists what is held by format; whether a format is dying is not known here")


def migrated(_: Evidence) -> Answer:
    """Nothing here migrates."""
    return unknown("this program keeps documents as they came; migrations are made elsewhere")
