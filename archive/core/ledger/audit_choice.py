"""What `audit started` says of the choice of bags that stands in the plan of the audit."""

import hashlib
from collections.abc import Mapping
from typing import Any

from archive.core.canonical import compact


def digest_of_choice(choice: Mapping[str, Any]) -> str:
    """The sha512 (hexadecimal) of a choice; ValueError or RecursionError where it was never written so."""
    return hashlib.sha512(compact(dict(choice))).hexdigest()
