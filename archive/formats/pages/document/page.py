"""The page of one document: what is held of it, what happened to it, how to check it without us."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from archive.core.descriptions.dcterms import ELEMENTS, REFINES, TERMS
from archive.core.ids import short_id
from archive.core.quantities import byte_size
from archive.core.text import shell_word
from archive.formats.pages.document import wording
from archive.formats.pages.document.life_line import life_line
from archive.formats.pages.document.look import DOCUMENT_STYLE
from archive.formats.pages.templates import page_pieces
from archive.formats.pages.trust import meaning
from archive.formats.pages.values import plain

_TEMPLATE: Final = "document/page.html.jinja"
_RIGHTS: Final = frozenset({"rights", *(term for term, element in REFINES.items() if element == "rights")})
_PARTS: Final = ("value", "lang", "scheme", "uri")
_NOT_TERMS: Final = frozenset({"schema", "other", "access"})


def document_page(
    document: Mapping[str, Any], evidence: Mapping[str, Any], archive: Mapping[str, str], *, made: str
) -> Iterator[str]:
    """The page in pieces of about 64 KiB.

    `document` is one under `schemas/document.schema.json`. `evidence` has `outcome` and `trust` as a ledger
    report has them, `checks` (events under `schemas/history-event.schema.json`, each with `attested`),
    `entry` (the bytes of its ingestion as text) and `note` (the checkpoint; None where there is none).
    `archive` has its `name`, `institution`, `contact`, `origin` and `key`; `made` is the time of making.
    Every value is escaped; nothing is fetched or run; no clock is asked.
    """
    return page_pieces(
        _TEMPLATE,
        DOCUMENT_STYLE,
        document=document,
        evidence=evidence,
        archive=archive,
        made=made,
        facts=_facts(document, evidence, archive, made),
    )


def _facts(
    document: Mapping[str, Any], evidence: Mapping[str, Any], archive: Mapping[str, str], made: str
) -> dict[str, Any]:
    """What the template says that stands in the reports only as codes and numbers."""
    description = document["description"]
    events = [_event(event) for event in document["timeline"]]
    checks = evidence["checks"]
    gone = document["state"] == "disposed" and bool(events)
    called = plain(document["reference"])
    return {
        "standing": wording.standing(document, evidence),
        "lead": wording.lead(document, archive["name"] or archive["origin"]),
        "meaning": meaning(evidence["trust"]),
        "extent": f"{_files(document)}, {byte_size(document['bytes'])}",
        "terms": _rows(description),
        "rights": [value for term, value in _values(description) if term in _RIGHTS],
        "earlier": _earlier(document),
        "events": events,
        "life": life_line(events, checks, events[-1]["time"] if gone else made),
        "fixity": wording.fixity(evidence),
        "cannot": wording.cannot_prove(document, evidence),
        "note": plain(evidence["note"]).rstrip("\n").split("\n") if evidence["note"] else [],
        "short": short_id(document["id"]),
        "called": shell_word(called),
        "proof": f"{short_id(document['id'])}.tlog-proof",
        "key": shell_word(archive["key"]),
    }


def _files(document: Mapping[str, Any]) -> str:
    count = document["ledger"].get("files")
    return (
        "1 file"
        if count == 1
        else f"{count:,} files"
        if isinstance(count, int)
        else "unknown number of files"
    )


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    tone, mark = wording.event_look(event["type"])
    people = [plain(one["name"]) or one["id"] for one in event["agents"] if one["kind"] != "software"]
    programs = [
        f"{plain(one['name'])} {one['version'] or ''}".strip()
        for one in event["agents"]
        if one["kind"] == "software"
    ]
    return {**event, "tone": tone, "mark": mark, "people": people, "programs": programs}


def _values(description: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(term, value) in the order of the vocabulary: the elements, then what refines them."""
    known = description or {}
    for term in (*ELEMENTS, *(term for term in TERMS if term not in ELEMENTS)):
        for value in known.get(term, ()):
            parts = value if isinstance(value, Mapping) else {"value": value}
            yield term, {name: parts.get(name) for name in _PARTS}


def _rows(description: Mapping[str, Any] | None) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """(label, values) of all that a description says; other columns under the name that they came with."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for term, value in _values(description):
        rows.setdefault(wording.label(term), []).append(value)
    found = list(rows.items())
    for column, texts in (description or {}).get("other", {}).items():
        found.append((column, [dict.fromkeys(_PARTS) | {"value": text} for text in texts]))
    return found


def _earlier(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The descriptions before the one in force, newest first: of each what the next one changed."""
    times = {entry["revision"]: entry["time"] for entry in document["later"] if "revision" in entry}
    versions: Sequence[Mapping[str, Any]] = document["earlier"]
    followers = [*(each["description"] for each in versions), document["description"] or {}][1:]
    found = []
    for version, follower in zip(versions, followers, strict=True):
        number, said = version["revision"], version["description"]
        changed = {name for name in {*said, *follower} - _NOT_TERMS if said.get(name) != follower.get(name)}
        columns, later = said.get("other", {}), follower.get("other", {})
        kept = {name: values for name, values in said.items() if name in changed}
        kept["other"] = {name: texts for name, texts in columns.items() if texts != later.get(name)}
        added = [wording.label(name) for name in sorted(changed) if name not in said]
        added += sorted(name for name in later if name not in columns)
        since = document["ingested"] if number == 1 else times.get(number)
        until = times.get(number + 1)
        found.append(
            {"revision": number, "since": since, "until": until, "rows": _rows(kept), "without": added}
        )
    return found[::-1]
