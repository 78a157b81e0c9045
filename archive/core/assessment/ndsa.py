"""The NDSA Levels of Digital Preservation, version 2.0 (2019), in our own words.

Source: National Digital Stewardship Alliance, Levels of Digital Preservation Matrix, V2.0,
doi 10.17605/OSF.IO/QGZ98.
Five areas, four levels: know your content, protect it, monitor it, sustain it.
"""

from typing import Final

from archive.core.assessment import ndsa_content, ndsa_integrity, ndsa_storage
from archive.core.assessment.model import Criterion, Framework

_ASKED: Final = (
    ("storage-1a", "Two complete copies in different places", ndsa_storage.two_copies),
    ("storage-1b", "Every storage medium is documented", ndsa_storage.media_documented),
    ("storage-1c", "Content lies on stable storage", ndsa_storage.stable_storage),
    ("storage-2a", "Three complete copies, one of them in another region", ndsa_storage.three_copies),
    ("storage-2b", "What each storage needs to work is documented", ndsa_storage.dependencies),
    ("storage-3a", "A copy where other disasters threaten than at the others", ndsa_storage.other_disaster),
    ("storage-3b", "A copy on another type of medium", ndsa_storage.other_medium),
    ("storage-3c", "Obsolescence of storage and media is tracked", ndsa_storage.obsolescence_tracked),
    ("storage-4a", "Three copies, each where other disasters threaten", ndsa_storage.three_disasters),
    ("storage-4b", "Storage as diverse as can be: no single point of failure", ndsa_storage.diverse),
    (
        "storage-4c",
        "A plan against obsolescence of storage, and it is carried out",
        ndsa_storage.obsolescence_met,
    ),
    (
        "integrity-1a",
        "Integrity information that came with content is verified",
        ndsa_integrity.brought_verified,
    ),
    ("integrity-1b", "Where none came, it is made", ndsa_integrity.made),
    ("integrity-1c", "All content is checked for viruses, finds are isolated", ndsa_integrity.virus_checked),
    (
        "integrity-2a",
        "Integrity is verified when content is moved or copied",
        ndsa_integrity.verified_when_moved,
    ),
    ("integrity-2b", "Original media are read through write-blockers", ndsa_integrity.write_blockers),
    ("integrity-2c", "Integrity information is backed up apart from the content", ndsa_integrity.kept_apart),
    ("integrity-3a", "Integrity is verified at fixed intervals", ndsa_integrity.fixed_intervals),
    ("integrity-3b", "Verification and its outcomes are documented", ndsa_integrity.documented),
    ("integrity-3c", "Integrity is audited on demand", ndsa_integrity.on_demand),
    ("integrity-4a", "Integrity is verified after events", ndsa_integrity.after_events),
    ("integrity-4b", "Damaged content is replaced or repaired", ndsa_integrity.repaired),
    (
        "control-1a",
        "It is decided who and what may read, write, move and delete",
        ndsa_content.agents_decided,
    ),
    ("control-2a", "That is written down, and applied", ndsa_content.agents_documented),
    ("control-3a", "Logs name the people and programs that acted on content", ndsa_content.logs_name_agents),
    ("control-4a", "The logs are reviewed regularly", ndsa_content.logs_reviewed),
    ("metadata-1a", "An inventory of the content and where it lies", ndsa_content.inventory),
    ("metadata-1b", "The inventory is backed up apart from the content", ndsa_content.inventory_apart),
    ("metadata-2a", "Enough is recorded to know what the content is", ndsa_content.described),
    ("metadata-3a", "It is decided which standards of metadata apply", ndsa_content.standards_decided),
    ("metadata-3b", "Gaps are found and filled", ndsa_content.gaps_filled),
    ("metadata-4a", "Preservation actions are recorded with their times", ndsa_content.actions_recorded),
    ("metadata-4b", "The chosen standards are in use", ndsa_content.standards_used),
    (
        "content-1a",
        "Formats are documented, with how and when they were identified",
        ndsa_content.formats_known,
    ),
    ("content-2a", "Formats are verified", ndsa_content.formats_verified),
    ("content-2b", "Creators are encouraged to choose durable formats", ndsa_content.creators),
    ("content-3a", "Obsolescence of formats and what they depend on is watched", ndsa_content.obsolescence),
    ("content-4a", "Content is migrated or emulated so that it stays usable", ndsa_content.migrated),
)

NDSA: Final = Framework(
    id="ndsa",
    name="NDSA Levels of Digital Preservation",
    version="2.0",
    source="National Digital Stewardship Alliance, 2019, doi.org/10.17605/OSF.IO/QGZ98; in our words",
    areas=(
        ("storage", "Storage"),
        ("integrity", "Integrity"),
        ("control", "Control"),
        ("metadata", "Metadata"),
        ("content", "Content"),
    ),
    levels=("Know your content", "Protect your content", "Monitor your content", "Sustain your content"),
    criteria=tuple(
        Criterion(id=name, area=name.partition("-")[0], level=int(name[-2]), asks=asks, judge=judge)
        for name, asks, judge in _ASKED
    ),
)
