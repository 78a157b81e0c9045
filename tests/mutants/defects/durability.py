"""Durable and complete, or not there."""

from typing import Final

from tests.mutants.defect import Defect

DURABILITY: Final = (
    Defect(
        "published bags are not made durable",
        "archive/services/ingest/publish.py",
        "        self.sync.sync((), (*shards, str(self.archive.layout.bags)))\n",
        "",
        ("tests/crash/test_durable_order.py",),
    ),
    Defect(
        "staged files are not made durable",
        "archive/services/ingest/publish.py",
        "        self.sync.sync(files_below(self.intent.folder, announced), folders_below(self.intent.folder))\n",
        "",
        ("tests/crash/test_durable_order.py",),
    ),
    Defect(
        "tiles and bundles are not made durable before the commit",
        "archive/storage/ledger/commit.py",
        "            self._make_durable(sync, whole)\n",
        "",
        ("tests/crash/test_ledger_commit.py", "tests/unit/test_ledger_files.py"),
    ),
    Defect(
        "a tile is not read back",
        "archive/storage/ledger/commit.py",
        "        read_back(path, raw)\n        self._files.append(path)\n",
        "        self._files.append(path)\n",
        ("tests/crash/test_ledger_commit.py",),
    ),
    Defect(
        "the checkpoint is not read back before it commits",
        "archive/storage/ledger/commit.py",
        "        read_back(fresh, raw)\n",
        "",
        ("tests/crash/test_ledger_commit.py",),
    ),
    Defect(
        "a staged file is not compared with what was written",
        "archive/storage/bags/bag_writing.py",
        "    if held != data:\n        raise ReadBackError(name)\n",
        "",
        ("tests/crash", "tests/unit/test_disk_read_back.py"),
    ),
    Defect(
        "a source that changes while it is read is stored",
        "archive/storage/bags/bag_writing.py",
        "        if _stamp(os.fstat(source)) != _stamp(status):\n            raise SourceChangedError(target)\n",
        "",
        ("tests/hostile/test_changing_sources.py",),
    ),
    Defect(
        "a descriptor that is longer than it was is taken for the whole file",
        "archive/storage/bags/bag_files.py",
        "                if len(content) != size:\n                    content = _whole(descriptor, content)\n",
        "",
        ("tests/unit/test_bag_files.py",),
    ),
)
