"""What an audit says."""

from typing import Final

from tests.mutants.defect import Defect

VERDICTS: Final = (
    Defect(
        "what could not be read counts as intact",
        "archive/core/outcomes.py",
        "    return BagOutcome.UNREADABLE if FileOutcome.UNREADABLE in seen else BagOutcome.INTACT\n",
        "    return BagOutcome.INTACT\n",
        ("tests/unit/test_outcomes.py",),
    ),
    Defect(
        "an audit that read nothing says intact",
        "archive/core/outcomes.py",
        "    if held and not seen & _READ:\n        return RunOutcome.NOTHING_READ\n",
        "",
        ("tests/unit/test_outcomes.py",),
    ),
    Defect(
        "files that nothing vouches for are passed over",
        "archive/services/audit/judgement.py",
        "    if reading.odd or reading.trouble or reading.overflow or TAG_MANIFEST not in files:\n",
        "    if reading.trouble or TAG_MANIFEST not in files:\n",
        ("tests/damage/test_planted_in_bags.py", "tests/unit/test_audit_chunks.py"),
    ),
    Defect(
        "a forged tag manifest is believed",
        "archive/services/audit/judgement.py",
        "        files[TAG_MANIFEST][0] == expectation.tag_manifest\n        and _is_text",
        "        _is_text",
        ("tests/damage/test_bag_damage.py",),
    ),
    Defect(
        "the payload is not compared with the ledger",
        "archive/services/audit/judgement.py",
        "    if digest != (expectation.payload or expectation.payload_manifest):\n        return False\n",
        "",
        ("tests/damage/test_bag_damage.py", "tests/unit/test_audit_chunks.py"),
    ),
    Defect(
        "a missing file is unreadable",
        "archive/storage/disk/descriptors.py",
        "            return Hindrance(Obstacle.MISSING, reason)\n",
        "            return Hindrance(Obstacle.UNREADABLE, reason)\n",
        ("tests/damage/test_bag_damage.py", "tests/unit/test_audit_chunks.py"),
    ),
    Defect(
        "a finding that could not be looked at is forgotten in the verdict",
        "archive/services/audit/verdict.py",
        "    if any(map(could_not_look, report.findings)):\n        seen.append(BagOutcome.UNREADABLE)\n",
        "",
        ("tests/damage/test_change_damage.py", "tests/unit/test_outcomes.py"),
    ),
    Defect(
        "what was read ahead is believed whatever the ledger says",
        "archive/engine/driver.py",
        "            if begun and begun[0][0] == batch:\n",
        "            if begun:\n",
        ("tests/unit/test_reading_ahead.py", "tests/unit/test_driver.py"),
    ),
    Defect(
        "the digests of many files are taken without a look at them",
        "archive/core/bagit_judge/listing.py",
        "        return self._digests[start : start + len(rows) * self._width] == digests\n",
        "        return len(self._digests[start : start + len(rows) * self._width]) == len(digests)\n",
        ("tests/unit/test_bagit_judge.py", "tests/property/test_verify_laws.py"),
    ),
    Defect(
        "nobody looks whether the page for finders is as it was left",
        "archive/services/catalog/as_left.py",
        "        *_altered(archive, layout.readme, noted, lambda each: each.readme),\n",
        "",
        ("tests/unit/test_derived_files_as_left.py",),
    ),
    Defect(
        "what a virus checker began outlives it",
        "archive/services/ingest/virus_check.py",
        "                    os.killpg(running.pid, signal.SIGKILL)\n",
        "                    running.kill()\n",
        ("tests/hostile/test_virus_check.py",),
    ),
    Defect(
        "an index that lacks results is held against one that has them",
        "archive/services/catalog/unread_results.py",
        "    if wanted not in noted:\n",
        "    if False:\n",
        ("tests/damage/test_results_of_the_index.py",),
    ),
    Defect(
        "a restore says done of a withdrawn document that is lost",
        "archive/cli/upkeep/restore.py",
        "    if run.rows:  # withdrawn documents are among them, and are not counted as held\n",
        "    if report.counts.damaged:\n",
        ("tests/unit/test_restore_of_withdrawn_documents.py",),
    ),
    Defect(
        "tidy counts a bag that is away as looked at",
        "archive/services/tidy/run.py",
        "            self.missing += row.outcome == BagOutcome.MISSING\n",
        "",
        ("tests/damage/test_tidy_refused.py",),
    ),
)
