"""What lies in the archive's own folder and is no part of it: somebody may believe that it is kept."""

import os
from typing import Final

from archive.core.copies import MARKER
from archive.core.findings import Finding, error, warning
from archive.core.limits.output import NAMED_IN_A_NOTE
from archive.core.litter import litter
from archive.core.text import printable
from archive.storage.layout import FOLDERS, SETTINGS, Layout

_PROFILES: Final = "profiles"  # made by people, where they want it


def lies_beside(layout: Layout) -> list[Finding]:
    """A warning that names it, or the error that the folder cannot be listed.

    Hidden names and litter of desktops and systems are passed over; a copy's marker has its own finding.
    """
    derived = {path.name for path in (layout.catalog, layout.holdings, layout.readme, layout.index)}
    journals = {f"{layout.index.name}{suffix}" for suffix in ("-journal", "-wal", "-shm")}
    own = {SETTINGS, MARKER, _PROFILES, *FOLDERS, *derived, *journals}
    try:
        names = os.listdir(layout.root)
    except OSError as trouble:
        message = f"cannot be listed: {trouble.strerror}; what lies in it beside the archive is not known"
        return [error("AUDIT-BESIDE-UNREADABLE", ".", message, remedy="look at who may read the folder")]
    others = sorted(name for name in names if name not in own and name[:1] != "." and litter(name) is None)
    if not others:
        return []
    named = ", ".join(map(printable, others[:NAMED_IN_A_NOTE]))
    if len(others) > NAMED_IN_A_NOTE:
        named += f" and {len(others) - NAMED_IN_A_NOTE:,} more"
    message = f"{named}: no part of the archive; nothing vouches for it, and no audit looks at it"
    remedy = "archive ingest takes in what is to be kept; move it out of the archive's folder"
    return [warning("AUDIT-BESIDE", ".", message, remedy=remedy)]
