"""BagIt Profiles: what a community asks of its bags beyond RFC 8493, and whether a bag keeps it.

The specification is BagIt Profiles 1.4.0 (bagit-profiles.github.io); profiles of 1.1 to 1.3 say less with the
same keys. `parse_profile` takes bytes, `judge` a profile and the facts of a bag; both give findings and never
raise on content.
"""

from archive.core.bagit_profile.judge import declared_identifiers, judge
from archive.core.bagit_profile.model import IDENTIFIER, Profile
from archive.core.bagit_profile.parser import ParsedProfile, parse_profile

__all__ = [
    "IDENTIFIER",
    "ParsedProfile",
    "Profile",
    "declared_identifiers",
    "judge",
    "parse_profile",
]
