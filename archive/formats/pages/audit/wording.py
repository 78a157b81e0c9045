"""What the page of an audit says in its own words: the verdict, on whose word it rests, what it proves.

Every sentence is a function of the report; nothing is read and no clock is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from archive.core.ledger.trust import Trust, TrustBasis
from archive.formats.pages.audit.verdicts import HEADLINES, Headline
from archive.formats.pages.trust import BROKEN, is_outside, meaning
from archive.formats.pages.values import age_in_days, days, moment, plain

_ADVERSE: Final = (
    ("damaged", "damaged"),
    ("missing", "missing"),
    ("unknown", "unknown to the ledger"),
    ("unreadable", "not readable"),
)
_MODES: Final = {
    "full": "All bags were chosen.",
    "share": "A share was chosen, those first whose last check is longest ago.",
    "sample": "A random sample was chosen.",
    "ids": "Single bags were chosen, by their ids.",
    "quick": "Only names, sizes and manifests were looked at. No document was read.",
}


def headline(outcome: str) -> Headline:
    """The verdict in plain words; an outcome of a later version stands as it is."""
    return HEADLINES.get(outcome) or Headline(outcome, "none", "dash")


def lead(report: Mapping[str, Any]) -> str:
    """One sentence: how many of how many, and how they came out."""
    scope, counts = report["scope"], report["counts"]
    checked, held = scope["checked"], scope["held"]
    looked = f"{bags(checked)} of {held:,}" if checked != held else f"All {bags(held)}"
    if not held:
        looked = "The archive holds no bags yet"
    match report["outcome"]:
        case "evidence-broken":
            return (
                "The ledger, a proof or a signature does not hold. Until that is explained, nothing can be"
                " called intact on the word of this ledger."
            )
        case "nothing-read":
            return f"None of the {bags(held)} held was read. This says nothing about their state."
        case "no-difference-seen":
            return (
                f"{looked} {_was(checked)} compared by names and sizes. A changed byte would not have shown."
            )
        case "intact" if held:
            verdict = "and is intact" if checked == 1 else "and all are intact"
            return f"{looked} {_was(checked)} read in full, {verdict}."
        case "intact":
            return f"{looked}; its ledger holds."
    found = [f"{counts[key]:,} {word}" for key, word in _ADVERSE if counts[key]]
    if not held:
        return _without_bags(found, is_inconclusive=report["outcome"] == "inconclusive")
    if found:
        return f"{looked} {_was(checked)} looked at: {counts['intact']:,} intact, {', '.join(found)}."
    around = "the archive around them is not"
    if report["outcome"] == "inconclusive":
        around = "not everything around them could be looked at"
    return f"{looked} {_was(checked)} looked at and found intact, but {around}."


def _without_bags(found: Sequence[str], *, is_inconclusive: bool) -> str:
    """The sentence where no bag is known to be held: nothing is said of bags that nobody looked at."""
    if is_inconclusive:
        return "No bag was looked at: what the archive holds could not be found out in full."
    around = f": {', '.join(found)}" if found else ", but what lies in it is not intact"
    return f"The archive holds no bags yet{around}."


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def trust(report: Mapping[str, Any]) -> tuple[str, str]:
    """On whose word the verdict rests: the sentence of the report, and what that means."""
    if report["outcome"] == "evidence-broken":
        return Trust(basis=TrustBasis.NONE).statement, BROKEN
    return plain(report["trust"]["statement"]), meaning(report["trust"])


def promise(report: Mapping[str, Any]) -> str:
    """What the archive promised: how often every bag is read."""
    count = report["policy"].get("every_days")
    if not isinstance(count, int):
        return "No policy was in force: nothing was promised about how often bags are read."
    return f"Every bag is read in full at least every {days(count)}."


def course(report: Mapping[str, Any]) -> str:
    """Whether that promise is kept: the oldest check, what is due, what is overdue."""
    counts = report["counts"]
    parts = []
    if oldest := report.get("oldest_check"):
        age = age_in_days(oldest, report["finished"] or report["started"])
        parts.append(f"the oldest check is of {moment(oldest)}" + (f", {days(age)} ago" if age else ""))
    if counts["overdue"]:
        one = counts["overdue"] == 1
        parts.append(f"{bags(counts['overdue'])} {'is' if one else 'are'} overdue")
    else:
        parts.append("nothing is overdue")
    if counts["due"]:
        parts.append(f"{counts['due']:,} {'is' if counts['due'] == 1 else 'are'} due")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}: {'behind' if counts['overdue'] else 'on course'}."


def choice(report: Mapping[str, Any]) -> str:
    """How the bags were chosen, in what number, and what that leaves out."""
    scope = report["scope"]
    text = _MODES.get(scope["mode"], f"Chosen: {scope['mode']}.")
    if scope["mode"] == "full" and scope["selected"] != scope["held"]:
        text = "Every bag chosen was to be read in full."
    if scope["mode"] == "sample" and (seed := scope.get("seed")):
        text += f" Its seed is “{plain(seed)}”: with it the same bags can be drawn again."
    chosen, checked, held = scope["selected"], scope["checked"], scope["held"]
    text += f" Held: {held:,}. Chosen: {chosen:,}. Looked at: {checked:,}."
    if checked < chosen:
        text += f" {chosen - checked:,} of those chosen {_was(chosen - checked)} not reached or not readable."
    if report.get("interrupted"):
        text += " The audit was interrupted before its end."
    return text


def sample_strength(report: Mapping[str, Any]) -> str | None:
    """What a sample says of the whole, with its confidence; None where it says nothing."""
    sample = report["scope"].get("sample")
    if not sample or sample["bad_at_most"] is None:
        return None
    drawn, population = report["scope"]["selected"], sample["population"]
    held = f"held at entry {sample['at']:,}" if sample["at"] is not None else "held"
    return (
        f"Of the {bags(population)} {held}, {drawn:,} {_was(drawn)} drawn and {sample['bad']:,} not found"
        f" intact: with {sample['confidence']} % confidence no more than {sample['bad_at_most']:,} of all"
        f" {population:,} are not intact. What could not be read counts as not intact."
    )


def proves(report: Mapping[str, Any]) -> list[str]:
    """What the reader may conclude."""
    match report["outcome"]:
        case "evidence-broken":
            return ["That something recorded or signed is no longer what it was. Where, the findings say."]
        case "nothing-read":
            return ["Nothing about the bags: none was read."]
    if report["scope"]["mode"] == "quick":
        return [
            (
                "That files of the recorded names and sizes were there when it looked, and that the lists of"
                " digests in each bag are the recorded ones. Nothing more."
            )
        ]
    points = [
        (
            f"Each bag called intact was read in full between {moment(report['started'])} and"
            f" {moment(report['finished'])}, and every byte gave the digests (SHA-512) that the ledger holds."
        ),
        "In those bags nothing recorded is missing and nothing unrecorded was added, descriptions included.",
        "The ledger’s own chain holds: its entries give the root that its checkpoint signs.",
    ]
    if strength := sample_strength(report):
        points.append(strength)
    return points


def cannot_prove(report: Mapping[str, Any]) -> list[str]:
    """What the reader must not conclude."""
    scope = report["scope"]
    points = []
    if not is_outside(report["trust"]):
        points.append(
            "That nobody with the signing key rewrote bags and ledger together. Keep the checkpoint below"
            " outside the archive, and give it to the next audit (--trust): then it can."
        )
    else:
        points.append(
            "That nobody with the signing key rewrote what was recorded after the checkpoint it relied on."
        )
    left = scope["held"] - scope["checked"]
    if left > 0:
        points.append(f"Anything about the {bags(left)} that {_was(left)} not looked at.")
    points += [
        "Anything about other copies, or about tomorrow: disks fail. One copy is not an archive.",
        "That documents were genuine, complete or rightly described before they were taken in.",
        (
            "That the program and the machine that ran it were sound. The last section says how to check with"
            " others."
        ),
    ]
    return points


def recorded(report: Mapping[str, Any]) -> str:
    """Whether the audit stands in the ledger."""
    if report["recorded"]:
        return "in the ledger, as a self-check, with the digest of its results"
    reason = plain(report.get("not_recorded"))
    return (
        f"not in the ledger, though it should be: {reason}" if reason else "not in the ledger, as was asked"
    )


def bags(count: int) -> str:
    """A number of bags."""
    return "1 bag" if count == 1 else f"{count:,} bags"
