"""Whatever a profile says, a bag can be held against it."""

import json

from archive.core.bagit_profile import judge, parse_profile
from tests.profiles import BAG


def judge_whatever(data: bytes) -> None:
    """A profile, or findings that say why there is none; whatever it says, a bag can be held against it."""
    read = parse_profile(data, name="p.json")
    for finding in read.findings:
        json.dumps(finding.to_json())
    if read.profile is not None:
        fetched = BAG._replace(payload_files=("data/a", "data/b\n", "data/\udcff"), serialization="x/y")
        for bag in (BAG, fetched, BAG._replace(version=None, bag_info=(), tag_files=(), payload_files=())):
            for finding in judge(read.profile, bag):
                json.dumps(finding.to_json())
