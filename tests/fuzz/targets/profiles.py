"""BagIt profiles: JSON of somebody else's making that says what a bag must hold."""

import json
from functools import cache

from archive.core.bagit_profile.parser import KEYS
from tests.fuzz.target import Target, mutating
from tests.profiles import PLAIN
from tests.property.judged_profiles import judge_whatever

_FULL = {
    **PLAIN,
    "Bag-Info": {
        "Contact-Name": {"required": True, "repeatable": False, "values": ["Ada", "Bea"]},
        "Source-Organization": {"recommended": True, "description": "who"},
    },
    "Manifests-Required": ["sha512"],
    "Manifests-Allowed": ["sha512", "md5"],
    "Allow-Fetch.txt": False,
    "Serialization": "optional",
    "Accept-Serialization": ["application/zip", "application/tar"],
    "Tag-Manifests-Required": ["sha512"],
    "Tag-Files-Required": ["notes/a.txt"],
    "Tag-Files-Allowed": ["notes/*", "bag-info.txt"],
    "Payload-Files-Required": ["data/letter.txt"],
    "Payload-Files-Allowed": ["data/*", "data/[ab]*/?"],
}


@cache
def _examples() -> tuple[bytes, ...]:
    return tuple(json.dumps(each, indent=indent).encode() for each in (PLAIN, _FULL) for indent in (None, 1))


TARGETS: tuple[Target, ...] = (
    mutating(
        "profile",
        "verify",
        judge_whatever,
        examples=_examples,
        words=[
            *(json.dumps(key).encode() for key in KEYS),
            *(b"true", b"false", b"null", b'"true"', b"[]", b"{}", b"[1]", b'"*"', b"1.5", b"\\ud800"),
        ],
    ),
)
