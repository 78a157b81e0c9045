"""The sections of a report; each says in `source` what its numbers were read from."""

from archive.services.reporting.sections.checked import checks, damage
from archive.services.reporting.sections.held import accessions, agents, descriptions, formats, holdings
from archive.services.reporting.sections.kept import changes, copies, marks

__all__ = [
    "accessions",
    "agents",
    "changes",
    "checks",
    "copies",
    "damage",
    "descriptions",
    "formats",
    "holdings",
    "marks",
]
