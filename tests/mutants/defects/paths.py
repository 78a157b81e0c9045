"""Names, paths and special files."""

from typing import Final

from tests.mutants.defect import Defect

PATHS: Final = (
    Defect(
        "links in a bag are followed",
        "archive/storage/disk/descriptors.py",
        "FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC",
        "FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC",
        ("tests/hostile", "tests/unit/test_bag_folder_source.py", "tests/unit/test_audit_chunks.py"),
    ),
    Defect(
        "linked folders in a bag are followed",
        "archive/storage/disk/descriptors.py",
        "FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC",
        "FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC",
        ("tests/hostile", "tests/unit/test_bag_folder_source.py", "tests/unit/test_audit_chunks.py"),
    ),
    Defect(
        "a pipe that took a file's place is read",
        "archive/storage/bags/file_hashing.py",
        "        if not is_regular(status.st_mode):\n            raise _ObstacleError(Obstacle.SPECIAL)\n        size = status.st_size\n        if not wanted:",
        "        size = status.st_size\n        if not wanted:",
        ("tests/unit/test_bag_folder_source.py", "tests/hostile/test_hostile_verify.py"),
    ),
    Defect(
        "links in a submission are followed",
        "archive/storage/sources/source_files.py",
        "_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC",
        "_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC",
        ("tests/hostile", "tests/unit"),
    ),
    Defect(
        "a path is decoded twice",
        "archive/core/bagit/paths.py",
        "        return _ENCODED.sub(lambda match: _DECODED[match[0].lower()], text)\n    return text\n\n\ndef has_bare_percent",
        "        text = _ENCODED.sub(lambda match: _DECODED[match[0].lower()], text)\n"
        "        return _ENCODED.sub(lambda match: _DECODED[match[0].lower()], text)\n    return text\n\n\ndef has_bare_percent",
        (
            "tests/unit/test_bagit_manifest.py",
            "tests/conformance/test_bagit_grammar.py",
            "tests/property/test_bagit_laws.py",
        ),
    ),
    Defect(
        "a path may climb out of the bag",
        "archive/core/bagit/paths.py",
        '    if ".." in parts:\n',
        '    if path.startswith("../"):\n',
        ("tests/unit/test_bagit_manifest.py", "tests/hostile/test_hostile_verify.py"),
    ),
    Defect(
        "data is compared as the beginning of a name",
        "archive/core/bagit/paths.py",
        '    if payload and (parts[0] != "data" or len(parts) < 2):\n',
        '    if payload and not path.startswith("data"):\n',
        (
            "tests/unit/test_bagit_manifest.py",
            "tests/conformance/test_bagit_grammar.py",
            "tests/property/test_bagit_laws.py",
        ),
    ),
    Defect(
        "a manifest of an unknown algorithm is passed over",
        "archive/core/bagit/manifest.py",
        '        findings.add(error("BAG-ALGORITHM-UNKNOWN", name, message, at=At(file=name), clause=_ALGORITHM))\n',
        "        del message\n",
        ("tests/unit/test_bagit_manifest.py", "tests/unit/test_bagit_judge.py"),
    ),
    Defect(
        "a container may expand without bound",
        "archive/core/containers/budget.py",
        "        return min(self.expanded, max(self.free, self.ratio * file_size))\n",
        "        return self.expanded\n",
        ("tests/hostile/test_serialised_bag_bombs.py",),
    ),
    Defect(
        "a repair is carried out wherever its record leads",
        "archive/core/repair_record.py",
        '    if _OUT.intersection(path.split("/")):\n',
        "    if not path:\n",
        ("tests/hostile/test_planted_repairs.py",),
    ),
)
