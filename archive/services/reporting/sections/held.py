"""What is held, where it came from, in which formats, how it is described, and by whom anything was done."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archive.core.text import lossless
from archive.services.history.names import AgentNames
from archive.services.reporting.sections.rows import listed
from archive.services.reporting.tally import Amount

if TYPE_CHECKING:
    from archive.services.reporting.report import Gathered


def holdings(of: "Gathered") -> dict[str, Any]:
    """What was held when the period began and ended, and what came and went in each of its stretches."""
    tally = of.tally
    added, removed, held = Amount(), Amount(), tally.opening
    stretches = []
    for key, stretch in tally.stretches.items():
        if key > of.until and not (stretch.added.documents or stretch.removed.documents):
            continue  # it lies ahead, and no clock that was wrong put anything into it
        added, removed = added.plus(stretch.added), removed.plus(stretch.removed)
        held = held.plus(stretch.added).plus(stretch.removed, -1)
        stretches.append(
            {
                "stretch": key,
                "name": stretch.name,
                "added": stretch.added.to_json(),
                "removed": stretch.removed.to_json(),
                "held": held.to_json(),
            }
        )
    return {
        "opening": tally.opening.to_json(),
        "added": added.to_json(),
        "removed": removed.to_json(),
        "disposed": tally.disposed,
        "closing": held.to_json(),
        "stretches": stretches,
        "source": "ledger entries “ingestion”, “withdrawal” and “disposal”",
    }


def formats(of: "Gathered") -> dict[str, Any] | None:
    """How many files of what is held now have which format; None where nobody asked."""
    found = of.premis
    if found is None:
        return None
    ranked = sorted(found.files.items(), key=lambda each: (-each[1], each[0]))
    rows, more = listed({"puid": puid, "files": files} for puid, files in ranked)
    return {
        "rows": rows,
        "more": more,
        "unnamed": found.unnamed,
        "documents": found.documents,
        "doubtful": found.doubtful,
        "source": "metadata/premis.xml of every bag that is held on the day of this report",
    }


def accessions(of: "Gathered") -> dict[str, Any]:
    """What each accession of the period brought."""
    rows, more = listed(
        {
            "accession": lossless(each.accession) if each.accession is not None else None,
            "documents": each.documents,
            "files": each.files,
            "bytes": each.bytes,
            "first": each.first,
            "last": each.last,
        }
        for each in of.index.received(of.period.begins, of.period.ends)
    )
    return {"rows": rows, "more": more, "source": "the index, which is made of ledger and bags"}


def descriptions(of: "Gathered") -> dict[str, Any]:
    """What was described anew, and what waits."""
    counts = of.index.counts()
    return {
        "changed": of.tally.described,
        "awaiting": counts.awaiting,
        "documents": counts.documents,
        "source": "ledger entries “description changed”; what awaits: the index, on the day of this report",
    }


def agents(of: "Gathered") -> dict[str, Any]:
    """Who did what, by counts; a name only where something that is kept gives the id in the ledger."""
    names = AgentNames(of.archive)
    done: dict[str, Counter[str]] = {}
    for (agent, kind), count in of.tally.agents.items():
        done.setdefault(agent, Counter())[kind] += count

    def rows() -> Iterator[dict[str, Any]]:
        for agent in sorted(done, key=lambda each: (-done[each].total(), each)):
            entry = of.tally.first_sight[agent]
            named = next(one for one in names.agents(entry, None) if one.id == agent)
            yield {
                "id": agent,
                "kind": named.kind.value,
                "name": lossless(named.name) if named.name is not None else None,
                "version": named.version,
                "entries": dict(sorted(done[agent].items())),
            }

    told, more = listed(rows())
    return {
        "rows": told,
        "more": more,
        "entries": of.tally.entries,
        "unnamed": of.tally.unnamed,
        "source": "the agents of every ledger entry of the period",
    }
