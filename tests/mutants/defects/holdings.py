"""What is held: copies, repairs, access, tables."""

from typing import Final

from tests.mutants.defect import Defect

HOLDINGS: Final = (
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
        "in enumerate(rows_as_written(stream, delimiter), 1):\n        as_it_was",
        "in enumerate(rows_as_written(stream, delimiter)):\n        as_it_was",
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
    Defect(
        "access is believed from a bag that nobody vouches for",
        "archive/services/access.py",
        "    if said[0] is None:",
        "    if not said:",
        ("tests/unit/test_access_of_holdings.py",),
    ),
    Defect(
        "a row describes another document than its filename names",
        "archive/services/changes/offers.py",
        "    if (there := _other_at(said.paths, row, index)) is not None:\n",
        "    if (there := None) is not None:\n",
        ("tests/unit/test_described_rows.py",),
    ),
    Defect(
        "a disposal passes over a link",
        "archive/storage/disk/links.py",
        "            if path.is_symlink():\n                return path\n",
        "            if path.is_symlink():\n                continue\n",
        ("tests/hostile/test_linked_folders.py",),
    ),
)
