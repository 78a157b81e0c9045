"""The defects, each a single change that a careless hand could make, and the tests that should see it.

`before` stands exactly once in its file (a test of the ordinary suite checks it). A defect that no test sees
is a missing test.
"""

from typing import Final, NamedTuple


class Defect(NamedTuple):
    """One text replaced by another in one file, and where the tests are that have to fail."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


DEFECTS: Final = (
    # -- durable and complete, or not there ------------------------------------------------------------------
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
    # -- recovery --------------------------------------------------------------------------------------------
    Defect(
        "recovery takes back bags that the ledger holds",
        "archive/services/ingest/recovery.py",
        "if intended.bag not in committed\n        and (published",
        "if (published",
        ("tests/crash", "tests/unit/test_recovery.py"),
    ),
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
        "        self._refuse_rollback()\n",
        "",
        (
            "tests/unit/test_ledger_files.py",
            "tests/damage/test_ledger_histories.py",
            "tests/crash/test_ledger_commit.py",
        ),
    ),
    # -- verdicts --------------------------------------------------------------------------------------------
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
        "    if any(map(_could_not_look, report.findings)):\n        seen.append(BagOutcome.UNREADABLE)\n",
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
    # -- evidence --------------------------------------------------------------------------------------------
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
    # -- paths and objects -----------------------------------------------------------------------------------
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
    # -- descriptions and outputs ----------------------------------------------------------------------------
    Defect(
        "a document type declaration in XML is passed over",
        "archive/formats/descriptions/xml_parsing.py",
        "        raise _DoctypeError\n",
        "        return\n",
        ("tests/hostile/test_hostile_descriptions.py",),
    ),
    Defect(
        "duplicate names in JSON pass",
        "archive/formats/descriptions/json_documents.py",
        "            if key in document:\n                self.problems.append(",
        "            if False:\n                self.problems.append(",
        ("tests/hostile/test_hostile_descriptions.py", "tests/unit/test_description_documents.py"),
    ),
    Defect(
        "aliases in YAML unfold without bound",
        "archive/formats/descriptions/yaml_documents.py",
        "        if self._aliases > MAX_YAML_ALIASES or self._nodes > MAX_YAML_NODES:\n",
        "        if self._nodes < 0:\n",
        ("tests/hostile/test_hostile_descriptions.py",),
    ),
    Defect(
        "cells are taken for formulas",
        "archive/formats/csv_cells.py",
        "    text = guarded(text)\n    if not",
        "    if not",
        ("tests/hostile/test_values.py", "tests/unit/test_holdings_csv.py", "tests/unit/test_audit_csv.py"),
    ),
    Defect(
        "a withdrawn reference is given away again",
        "archive/services/ingest/held.py",
        '    if held.state != "held":\n        plan.set_state(document.seq, "rejected")\n',
        '    if held.state == "never":\n        plan.set_state(document.seq, "rejected")\n',
        (
            "tests/unit/test_withdrawal.py",
            "tests/damage/test_change_damage.py",
            "tests/e2e/test_later_events.py",
        ),
    ),
    Defect(
        "the same reference with other bytes is held",
        "archive/services/ingest/held.py",
        '        if held is not None and held.state == "held" and held.payload_key != key:\n',
        '        if held is not None and held.state == "never" and held.payload_key != key:\n',
        ("tests/e2e/test_main_job.py", "tests/e2e/test_later_events.py", "tests/hostile"),
    ),
    # -- copies, repairs, access, tables ---------------------------------------------------------------------
    Defect(
        "what was copied is not read back",
        "archive/services/copies/bags.py",
        "                _require_read_back(row)\n",
        "",
        ("tests/crash/test_copies.py",),
    ),
    Defect(
        "a copy of another history is written over",
        "archive/services/copies/lineage.py",
        "    if theirs.origin != ours.origin or not archive.ledger.extends(theirs.size, theirs.root):\n",
        "    if theirs.origin != ours.origin:\n",
        (
            "tests/unit/test_copy_refusals.py",
            "tests/hostile/test_hostile_copies.py",
            "tests/damage/repair/test_repair.py",
        ),
    ),
    Defect(
        "a repair takes bytes that are not the recorded ones",
        "archive/storage/bags/bag_restoration.py",
        '            kept = _fill(file, blocks, path) and file.finish()["sha512"] == digest\n',
        '            kept = _fill(file, blocks, path) and bool(file.finish()["sha512"])\n',
        ("tests/damage/repair/test_repair.py",),
    ),
    Defect(
        "a repair does not set aside what is damaged",
        "archive/services/repair/committing.py",
        "    for step in (bag_restoration.set_aside, bag_restoration.put_back, bag_restoration.settle):\n",
        "    for step in (bag_restoration.put_back, bag_restoration.settle):\n",
        ("tests/damage/repair/test_repair.py",),
    ),
    Defect(
        "damage that nobody repaired is closed where other damage hides it",
        "archive/core/incidents.py",
        "if repaired and damage not in found]",
        "if damage not in found]",
        ("tests/unit/test_incidents.py",),
    ),
    Defect(
        "an embargo ends a day late",
        "archive/core/descriptions/access.py",
        "and day >= self.until:\n",
        "and day > self.until:\n",
        ("tests/unit/test_access.py",),
    ),
    Defect(
        "a stored access that is not understood is taken for open",
        "archive/core/descriptions/access.py",
        "    except AccessError:\n        return RESTRICTED\n",
        "    except AccessError:\n        return OPEN\n",
        ("tests/unit/test_access.py", "tests/unit/test_access_of_holdings.py"),
    ),
    Defect(
        "a restricted document is exported without a word",
        "archive/services/access.py",
        "    if now.is_closed and not restricted_ok:\n",
        "    if now.is_closed and restricted_ok is None:\n",
        ("tests/unit/test_access_of_holdings.py", "tests/unit/test_export.py"),
    ),
    Defect(
        "a summary that could not be sent is taken for sent",
        "archive/services/notifying/sending.py",
        "        except OSError as trouble:  # of the network and of smtplib\n"
        "            result[0] = printable(trouble.strerror or type(trouble).__name__)\n",
        "        except OSError as trouble:  # of the network and of smtplib\n            result[0] = None\n",
        ("tests/unit/test_notification.py",),
    ),
    Defect(
        "a formula behind a blank is no formula",
        "archive/formats/csv_cells.py",
        "(text.lstrip()[:1] in _FORMULA or text[:1] in _FORMULA)",
        "text[:1] in _FORMULA",
        ("tests/unit/test_audit_csv.py",),
    ),
    Defect(
        "corrections are written a row too far",
        "archive/formats/corrections/csv_corrections.py",
        "in enumerate(rows_as_written(stream, delimiter), 1):\n        wanted",
        "in enumerate(rows_as_written(stream, delimiter)):\n        wanted",
        ("tests/property/test_correction_laws.py", "tests/unit/test_check_command.py"),
    ),
    Defect(
        "a new file takes the place of one that is there",
        "archive/storage/disk/new_files.py",
        "        os.link(temporary, path, follow_symlinks=False)\n",
        "        os.replace(temporary, path)\n",
        ("tests/unit/test_new_files.py",),
    ),
    Defect(
        "settings that cannot be read are written",
        "archive/storage/settings.py",
        '    if known is None and isinstance(document.get("copies"), tomlkit.items.Array):  # copies = [{…}]\n',
        "    if known is None and document is None:\n",
        ("tests/unit/test_settings.py",),
    ),
    Defect(
        "what an audit misses besides what it reads is not kept",
        "archive/services/audit/run.py",
        "        looking.lose(both.missing)\n",
        "",
        ("tests/unit/test_same_answers.py",),
    ),
    Defect(
        "a document is claimed intact that was found damaged since",
        "archive/storage/audits/coverage.py",
        "coalesce(sum(damaged_since IS NULL AND intact BETWEEN",
        "coalesce(sum(intact BETWEEN",
        ("tests/unit/test_same_answers.py",),
    ),
    Defect(
        "a withdrawn series closes nothing",
        "archive/services/inheritance.py",
        '    if row.state != "held" and not closes(row):\n',
        '    if row.state != "held":\n',
        ("tests/unit/test_access_of_holdings.py",),
    ),
)
