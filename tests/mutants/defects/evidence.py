"""Ledger, keys and what others sign."""

from typing import Final

from tests.mutants.defect import Defect

EVIDENCE: Final = (
    Defect(
        "a consistency proof need not lead to the older root",
        "archive/core/ledger/merkle.py",
        "    return last == 0 and older == first_root and newer == second_root\n",
        "    return last == 0 and newer == second_root\n",
        ("tests/property/test_merkle_laws.py",),
    ),
    Defect(
        "an inclusion proof may have steps left over",
        "archive/core/ledger/merkle.py",
        "        if len(sibling) != HASH_BYTES or last == 0:\n            return False\n",
        "        if last == 0:\n            break\n",
        ("tests/property/test_merkle_laws.py",),
    ),
    Defect(
        "leaves and nodes are hashed alike",
        "archive/core/ledger/merkle.py",
        '    return _sha256(b"\\x00" + entry).digest()\n',
        '    return _sha256(b"\\x01" + entry).digest()\n',
        ("tests/property/test_merkle_laws.py",),
    ),
    Defect(
        "a bad signature is passed over where another one holds",
        "archive/core/ledger/note.py",
        '                raise NoteError(f"the signature of {key.name} does not hold")\n',
        "                return False\n",
        ("tests/unit/test_signed_notes.py",),
    ),
    Defect(
        "a checkpoint need not be signed by the key that was brought",
        "archive/core/ledger/checkpoint.py",
        "    if not signed.is_signed_by(key, verify):\n",
        "    if not signed.signatures:\n",
        ("tests/unit/test_signed_notes.py", "tests/unit/test_ledger_files.py"),
    ),
    Defect(
        "an entry that is not in the tree is read",
        "archive/storage/ledger/verification.py",
        "            if ours != right:\n                continue\n",
        "",
        ("tests/damage/test_ledger_damage.py",),
    ),
    Defect(
        "a sample is drawn in the order of the ids",
        "archive/core/sampling.py",
        '((hashlib.sha256(f"{seed}\\n{bag}".encode()).digest(), bag) for bag in bags)',
        "((bag.encode(), bag) for bag in bags)",
        ("tests/unit/test_sampling.py", "tests/unit/test_audit_sample.py"),
    ),
    Defect(
        "a number in the quick reader of entries may begin with a nought",
        "archive/core/ledger/plain_ingestion.py",
        '_NUMBER: Final = "(0|[1-9][0-9]{0,17})"\n',
        '_NUMBER: Final = "([0-9]{1,18})"\n',
        ("tests/unit/test_plain_ingestion.py",),
    ),
    Defect(
        "a text in the quick reader of entries may hold an escape",
        "archive/core/ledger/plain_ingestion.py",
        '[ !#-\\[\\]-~]*"',
        '[ !#-~]*"',
        ("tests/unit/test_plain_ingestion.py",),
    ),
    Defect(
        "a catalog is made of entries that nobody signed",
        "archive/services/evidence/proven_entries.py",
        "    if tree is not None and tree.root() == checkpoint.root:\n",
        "    if tree is not None:\n",
        ("tests/damage/test_catalog_of_altered_entries.py", "tests/hostile/test_forged_ledgers.py"),
    ),
    Defect(
        "a document is judged by an entry that nobody signed",
        "archive/services/evidence/proven_entries.py",
        "        if number < self._since and not self._leads_to_root(number, raw):\n",
        "        if False:\n",
        ("tests/hostile/test_forged_ledgers.py",),
    ),
    Defect(
        "a plan that is refused is that of a dead audit",
        "archive/services/signing/recording.py",
        "        if trouble.errno not in _NO_PLAN:\n            return\n",
        "",
        ("tests/unit/test_waiting_audits.py",),
    ),
    Defect(
        "results that are refused are altered",
        "archive/storage/audits/vouched_results.py",
        "        return isinstance(why, StorageError) or (",
        "        return False and (",
        ("tests/unit/test_waiting_audits.py", "tests/damage/test_results_of_the_index.py"),
    ),
    Defect(
        "what a key signed counts only in the folder where it lies",
        "archive/storage/keys/signing_key.py",
        "    others = [each for each in folders if each != kept and not _names_another(each, key)]\n",
        "    others: list[str] = []\n",
        ("tests/unit/test_keys_moved.py",),
    ),
    Defect(
        "a copy is compared with what the archive had when the command began",
        "archive/services/copies/lineage.py",
        "    return newest if archive.ledger.extends(ours.size, ours.root) else ours\n",
        "    return ours if newest else ours\n",
        ("tests/unit/test_copies_at_once.py",),
    ),
    Defect(
        "the plan of an audit that waits is signed as it lies there",
        "archive/storage/audits/waiting_results.py",
        "    if trouble is not None and not (trouble == NO_PLAN and run.finished is None):\n",
        "    if trouble is not None and run.finished is None and trouble != NO_PLAN:\n",
        ("tests/unit/test_waiting_audits.py",),
    ),
    Defect(
        "a receipt may show any checkpoint",
        "archive/services/evidence/shown_checkpoint.py",
        '    if "checkpoint" in said and said["checkpoint"].replace(_LINE_FEED, "\\n").strip("\\n") not in texts:\n',
        '    if "checkpoint" in said and not texts:\n',
        ("tests/unit/test_receipt_pages.py",),
    ),
    Defect(
        "an empty path is as if none were given",
        "archive/cli/parameters.py",
        '        if value in {"", b""}:\n',
        '        if value == b"":\n',
        ("tests/unit/test_given_paths.py",),
    ),
)
