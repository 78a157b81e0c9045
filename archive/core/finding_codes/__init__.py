"""Every code that a finding can bear, with its meaning and what to do: published, never reused.

A new code is one entry in the module of its group; `UPDATE_GOLDEN=1 pytest tests/unit/test_finding_codes.py`
then writes docs/findings.md anew. A test fails for a code that is emitted and not here, or the other way.
"""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes import (
    access,
    assessments,
    bagging,
    bags,
    copies,
    cross_check,
    description_profiles,
    descriptions,
    evidence,
    exports,
    holdings,
    profiles,
    serialised_bags,
    submissions,
    tables,
)
from archive.core.finding_codes.model import FindingCode

__all__ = ["FINDING_CODES", "GROUPS", "FindingCode"]

# heading -> codes, in the order of docs/findings.md
GROUPS: Final[Mapping[str, Mapping[str, FindingCode]]] = {
    "Descriptions (DESC)": descriptions.DESCRIPTIONS,
    "Files of descriptions (DESC)": descriptions.FILES,
    "Tables of descriptions (TABLE)": tables.TABLES,
    "Tables of descriptions: what programs did to them (TABLE)": tables.DAMAGE,
    "Later descriptions of what is held (HELD)": descriptions.HELD,
    "Access to what is held (ACCESS)": access.ACCESS,
    "What is part of what (PART)": access.PARTS,
    "Copies for use (EXPORT)": exports.EXPORTS,
    "Profiles of descriptions (PROFILE)": description_profiles.JUDGED,
    "Profiles of descriptions as tables (TAP)": description_profiles.TABLES,
    "Documents and their descriptions (PAIR)": submissions.PAIRING,
    "Folders of DSpace (SAF)": submissions.SAF,
    "Sources (SRC)": submissions.SOURCES,
    "Depositor's checksums (SUM)": submissions.CHECKSUMS,
    "Duplicates and references (DUP, REF)": submissions.IDENTITY,
    "Virus check (VIRUS)": submissions.VIRUSES,
    "Fixity of held bags (FIX)": holdings.FIXITY,
    "Bags that are not held (BAG)": holdings.BAGS,
    "Quarantine (QUARANTINE)": holdings.QUARANTINE,
    "Repairs (REPAIR)": holdings.REPAIRS,
    "Audits (AUDIT, COPY)": holdings.AUDITS,
    "Copies on other disks (COPY)": copies.COPIES,
    "Notes (NOTE)": holdings.NOTES,
    "Catalog and runs (CATALOG)": holdings.CATALOG,
    "Summaries that are sent (NOTIFY)": holdings.NOTIFICATION,
    "Ledger (LEDGER)": evidence.LEDGER,
    "Ledger, held against something else (LEDGER)": evidence.STANDING,
    "Proofs and receipts (PROOF)": evidence.PROOFS,
    "Packs of evidence (PACK)": evidence.PACKS,
    "Bags: declaration and version (BAG)": bags.DECLARATION,
    "Bags: what is there (BAG)": bags.FILES,
    "Bags: manifests and tag files (BAG)": bags.LINES,
    "Bags: paths (BAG)": bags.PATHS,
    "Bags: names (BAG)": bags.NAMES,
    "Folders to be bagged (SRC)": bagging.SOURCES,
    "Making and mending bags (BAGGING)": bagging.BAGGING,
    "Serialised bags: the tar or zip (SER)": serialised_bags.CONTAINERS,
    "Serialised bags: members and names (SER)": serialised_bags.MEMBERS,
    "BagIt Profiles: bags held against one (PRO)": profiles.BAGS,
    "BagIt Profiles: the profile itself (PRO)": profiles.PROFILES,
    "BagIt Profiles: which one (PRO)": profiles.CHOICE,
    "Second opinions (CROSS)": cross_check.CROSS_CHECK,
    "Self-assessments (ASSESSMENT)": assessments.ASSESSMENTS,
}

FINDING_CODES: Final[Mapping[str, FindingCode]] = {
    code: known for group in GROUPS.values() for code, known in group.items()
}
