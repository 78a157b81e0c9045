"""Descriptions, and what people and programs are shown."""

from typing import Final

from tests.mutants.defect import Defect

DESCRIPTIONS: Final = (
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
)
