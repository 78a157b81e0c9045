"""Descriptions of twenty elements checked by one process, against `jsonschema.validate` for each of them.

python -m benchmarks.descriptions ours|per-call|compiled FILE
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.claims import Bound, Claim, Report, faster
from benchmarks.peers import compiled_judge, per_call_judge
from benchmarks.setting import Setting
from benchmarks.table import spread
from benchmarks.timing import Case, compare

OURS: Final = "archive: schema and rules"
PER_CALL: Final = "jsonschema.validate per call: schema alone"
COMPILED: Final = "jsonschema, compiled once: schema alone"
ELEMENTS: Final = 20
PER_DOCUMENT: Final = 10  # descriptions for each document of the setting: a start-up must not weigh
_FEWER, _COMPILED_FEWER = 400, 20  # by how much less the peers are given; compared per description
_PER_SECOND = 10_000.0
_TIMES = 100.0


def measure(setting: Setting) -> Report:
    """Each reads a file of descriptions, a JSON object a line, start of the process included.

    Ours reads every description into what would be stored and judges dates, languages, types, identifiers and
    texts beside the schema; the peers judge the schema alone.
    """
    home = setting.space.fresh()
    count = setting.documents * PER_DOCUMENT
    cases = [
        _case(home, OURS, "ours", count),
        _case(home, COMPILED, "compiled", max(count // _COMPILED_FEWER, 10)),
        _case(home, PER_CALL, "per-call", max(count // _FEWER, 10)),
    ]
    table = compare(
        cases,
        runs=setting.rounds,
        warm_ups=min(1, setting.rounds - 1),
        space=setting.space,
        title=f"{count:,} descriptions of {ELEMENTS} elements",
    )
    setting.space.release(home)
    rate = Claim(
        name=f"descriptions of {ELEMENTS} elements checked by one process",
        unit="a second of processor time",
        bound=Bound.AT_LEAST,
        target=_PER_SECOND,
        measured=spread([count / (usage.user + usage.system) for usage in table.row(OURS).runs]),
    )
    ratio = faster(
        "descriptions against `jsonschema.validate` per call",
        table,
        OURS,
        PER_CALL,
        at_least=_TIMES,
        note="the peer was given fewer, and judges the schema alone; compared per description",
    )
    return Report(name="descriptions", claims=(rate, ratio), tables=(table,))


def _case(home: Path, name: str, judge: str, count: int) -> Case:
    path = home / f"{judge}.jsonl"
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in descriptions(count))
    arguments = [sys.executable, "-m", "benchmarks.descriptions", judge, str(path)]
    return Case(name=name, command=lambda _: arguments, documents=count)


def descriptions(count: int) -> Iterator[dict[str, Any]]:
    """So many descriptions, the same at each call; nothing is to be remarked on any of them."""
    for number in range(count):
        year = 1850 + number % 150
        yield {
            "title": f"Letter {number} about the station clock",
            "creator": ["Ana Example", "Ben Other"],
            "subject": ["clocks", "stations", f"town {number % 50}"],
            "description": f"Leaf {number}, in which the writer asks for the clock to be mended at last.",
            "publisher": "Valley Archive",
            "contributor": "Cara Third",
            "date": f"{year}-{number % 12 + 1:02d}",
            "type": "Text",
            "format": "text/plain",
            "identifier": f"VA-{number:07d}",
            "source": "Box 3",
            "language": "en",
            "relation": "Series 4",
            "coverage": "The valley",
            "rights": "May be quoted",
            "extent": f"{number % 9 + 1} leaves",
            "medium": "paper",
            "created": f"{year}~",
            "spatial": "Merrin Quay",
            "accessRights": "Open in the reading room",
        }


def _ours() -> Callable[[Any], None]:
    from archive.formats.descriptions.structured import Record, described

    def judge(document: Any) -> None:
        if described(Record(document, "corpus.jsonl")).findings:
            raise ValueError(f"a finding on {document['title']}")

    return judge


_JUDGES: Final = {"ours": _ours, "per-call": per_call_judge, "compiled": compiled_judge}


def main() -> None:
    """Judge every line of a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.descriptions")
    parser.add_argument("judge", choices=_JUDGES)
    parser.add_argument("path", type=Path, metavar="FILE")
    options = parser.parse_args()
    judge = _JUDGES[options.judge]()
    with open(options.path, "rb") as stream:
        for line in stream:
            judge(json.loads(line))


if __name__ == "__main__":
    main()
