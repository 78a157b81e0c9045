"""What an archive can show of itself, as numbers: the only thing that criteria are judged by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """A place of a copy in archive.toml.

    By the ledger its last run came to an end (`is_written`), and everything that is held was good on it then
    (`is_complete`). Empty texts where the keeper did not say. `on_disk_of` names what else is kept on the
    disk that it was seen on now, empty where that is nothing or not known: it is no place of its own then.
    """

    name: str
    medium: str
    site: str
    provider: str
    is_written: bool
    is_complete: bool
    on_disk_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Counts over what is held now, and over all recorded time; times as entries write them, None for never.

    `is_proven` is False where the ledger does not hold or could not be read: then nothing else counts.
    `fewest_copies` is the least number of good copies that any held document has, the archive's own counted.
    `recorded_audits` have `sound_audits` whose results are those on record. `unnamed_entries` lack a person
    or body, or a program. `reviewed` is the time of the last entry that a statement or a witness covers.
    `asked` documents had their PREMIS read, of which `doubtful` ones did not give it; `unchecked_for_viruses`
    counts those whose PREMIS names no virus check that passed.
    """

    is_proven: bool
    trust: str
    held: int
    fewest_copies: int
    copies: tuple[KeptCopy, ...]
    copy_runs: int
    copy_audits: int
    marks: int
    every_days: int
    checked_within: int
    attested: int
    overdue: int
    recorded_audits: int
    sound_audits: int
    audits_by_id: int
    damage_open: int
    damage_found: int
    damage_mended: int
    repairs: int
    unnamed_entries: int
    entries: int
    reviewed: str | None
    days_since_review: int | None
    has_catalog: bool
    awaiting: int
    asked: int
    doubtful: int
    files: int
    unidentified_files: int
    with_brought_digests: int
    unchecked_for_viruses: int
