"""What a dead writer left."""

from typing import Final

from tests.mutants.defect import Defect

RECOVERY: Final = (
    Defect(
        "recovery takes back bags that another run brought",
        "archive/services/ingest/recovery.py",
        "        del left[bag]\n",
        "        pass\n",
        ("tests/hostile/test_hostile_own_files.py",),
    ),
    Defect(
        "recovery sweeps a bag that is not the one it intended",
        "archive/services/ingest/recovery.py",
        "        and _is_ours(published, intended)\n",
        "",
        ("tests/hostile/test_hostile_own_files.py",),
    ),
    Defect(
        "recovery works on a ledger that does not extend the one that the intent began from",
        "archive/services/recovery.py",
        "        _refuse_foreign_ledger(archive, left, checkpoint)\n",
        "",
        ("tests/hostile/test_hostile_own_files.py",),
    ),
    Defect(
        "an older state of the ledger is signed",
        "archive/storage/keys/last_signed.py",
        "            if checkpoint.size < last.size:\n                return Standing.BEHIND\n",
        "",
        ("tests/unit/test_keys.py", "tests/damage/test_ledger_histories.py"),
    ),
    Defect(
        "a fork of the ledger is signed",
        "archive/storage/keys/last_signed.py",
        "            if not ledger.extends(last.size, last.root):\n                return Standing.FORK\n",
        "",
        ("tests/unit/test_keys.py", "tests/damage/test_ledger_histories.py"),
    ),
    Defect(
        "a rolled-back ledger is written to",
        "archive/storage/ledger/commit.py",
        "        self._judge_beyond()\n",
        "",
        (
            "tests/unit/test_ledger_files.py",
            "tests/damage/test_ledger_histories.py",
            "tests/crash/test_ledger_commit.py",
        ),
    ),
    Defect(
        "a command given again leaves what it was killed over",
        "archive/cli/holding.py",
        "    finish(archive, **_hold(command, options, surroundings))\n",
        "    assert finish\n",
        ("tests/crash/test_given_again.py",),
    ),
    Defect(
        "what a killed worker left is in the way of the next",
        "archive/storage/intents.py",
        "        remove_tree(Path(folder))\n        os.mkdir(folder, 0o755)\n",
        "        raise\n",
        ("tests/crash/test_killed_workers.py",),
    ),
)
