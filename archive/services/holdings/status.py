"""One screen: what is held, what is due, what is wrong, what to do next."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from archive.core.copies import MARKER
from archive.core.descriptions.access import AccessStatus, stored_access
from archive.core.findings import Finding
from archive.core.limits.output import STATUS_DAMAGED, STATUS_EMBARGOES
from archive.core.promises.kept import PromisedRun
from archive.core.text import lossless
from archive.services.catalog.catching_up import KEY_REPLACED
from archive.services.catalog.unread_results import lost_damage
from archive.services.copies.report import copies_json
from archive.services.copies.standing import PlaceStanding, copies_steps, good_copies, place_standings
from archive.services.holdings.listing import document_json
from archive.services.opened import OpenedArchive
from archive.services.schedule.watching import promised_runs
from archive.services.signing.waiting_damage import damage_that_waits
from archive.services.surroundings import CLOCK_DAYS, day_of, days_before
from archive.storage import intents
from archive.storage.audits.waiting_runs import WaitingRuns
from archive.storage.disk.kinds import something_at
from archive.storage.index import Index, IndexRow
from archive.storage.intents import Intent

if TYPE_CHECKING:
    from archive.services.holdings.completeness import Completeness

SOON_DAYS: Final = 7
EMBARGO_DAYS: Final = 30  # how far ahead the end of an embargo is told


class AccessCounts(NamedTuple):
    """Held documents by the access that their descriptions state.

    `embargoes_over` and `embargoes_soon`, which end within thirty days, are also embargoed.
    """

    open: int
    restricted: int
    embargoed: int
    not_stated: int
    embargoes_over: int
    embargoes_soon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of an archive; times as entries write them, empty where there is none.

    `overdue` bags were neither ingested nor checked within the promise; `due` become so within seven days.
    `damaged` ones were found damaged or missing and not intact since; `unreadable` ones could not be read by
    the last look; what that found of `unknown` ones is lost. A check that is said to lie ahead, by a clock
    that was wrong, counts as none.
    `copies` counts the copies that this archive knows of, itself included; `good` says how many documents
    have how many good ones, `places` how each other place stands; `waiting` the audits that wait on this
    machine for a signature, `waiting_damaged` the documents that they found damaged; `incidents` has how many
    are in each state; `key_replaced` where the signing key was last replaced as lost; `promised` what
    came of the runs that archive.toml promises; `embargoes` end within thirty days or, behind these, have
    ended and are not yet described as open: the first STATUS_EMBARGOES; `completeness` is of the profile in
    force, None without one.
    """

    name: str
    archive: str
    documents: int
    files: int
    bytes: int
    runs: int
    awaiting: int
    never_checked: int
    due: int
    overdue: int
    promise_days: int
    oldest_check: str
    last_audit: dict[str, Any] | None
    damaged: int
    unreadable: int
    unknown: int
    withdrawn: int
    adverse: tuple[IndexRow, ...]
    unfinished: tuple[str, ...]
    copies: int
    good: dict[int, int]
    places: tuple[PlaceStanding, ...]
    waiting: int
    waiting_damaged: int
    key_replaced: dict[str, Any] | None
    promised: tuple[PromisedRun, ...]
    access: AccessCounts
    completeness: "Completeness | None"
    embargoes: tuple[IndexRow, ...]
    ledger_size: int
    incidents: dict[str, int]
    findings: tuple[Finding, ...]
    now: int = 0

    def next_steps(self) -> list[str]:
        """What to do, the most urgent first."""
        steps: list[str] = []
        if self.damaged or self.waiting_damaged:
            steps.append("put good bytes in the place of damaged ones: archive repair --plan --from COPY")
        elif self.incidents["repaired"]:
            steps.append("look again at what was repaired: archive audit")
        steps += ["read again what an audit looked at whose results are lost: archive audit"] * bool(
            self.unknown
        )
        if self.unreadable:
            steps.append("see why documents cannot be read: archive audit")
        if self.waiting:
            steps.append("record what waits for a signature: archive key sign, with the passphrase")
        if self.unfinished:
            steps.append("run the interrupted command again: it completes what it began")
        if not self.documents:
            steps.append("take documents in: archive ingest FOLDER")
            return steps
        if self.overdue or self.due:
            days = self.promise_days - SOON_DAYS
            share = f" --older-than {days}d" if days > 0 else ""
            steps.append(f"keep the promise: archive audit{share}")
        elif self.never_checked and self.last_audit is None and not self.waiting:
            steps.append("look at it for the first time: archive audit")
        late = [run.task.value for run in self.promised if run.is_broken]
        if late:
            steps.append(f"see why what is promised does not run ({', '.join(late)}): archive schedule")
        if self.awaiting:
            steps.append("see what awaits its description: archive list --undescribed")
        if self.completeness is not None and self.completeness.complete < self.completeness.documents:
            steps.append("see which descriptions lack what: archive list --incomplete")
        if self.access.embargoes_over:
            steps.append("say what is open now: archive list --access embargoed, then archive describe")
        steps += copies_steps(self.good, self.places, self.promise_days, self.now)
        return steps

    def to_json(self) -> dict[str, Any]:
        """The report under `kind: status`."""
        return {
            "kind": "status",
            "version": 1,
            "archive": self.archive,
            "name": lossless(self.name),
            "ledger_size": self.ledger_size,
            "last_audit": self.last_audit,
            "oldest_check": self.oldest_check or None,
            "promise_days": self.promise_days,
            "damaged": [document_json(row) for row in self.adverse],
            "unfinished": list(self.unfinished),
            "copies": copies_json(self.good),
            "places": [place.to_json() for place in self.places],
            "incidents": self.incidents,
            "key_replaced": self.key_replaced,
            "promised": [run.to_json() for run in self.promised],
            "next": self.next_steps(),
            "access": self.access._asdict(),
            "completeness": self.completeness.to_json() if self.completeness else None,
            "embargoes": [document_json(row) for row in self.embargoes],
            "findings": [finding.to_json() for finding in self.findings],
            "counts": {
                "documents": self.documents,
                "files": self.files,
                "bytes": self.bytes,
                "runs": self.runs,
                "awaiting": self.awaiting,
                "never_checked": self.never_checked,
                "due": self.due,
                "overdue": self.overdue,
                "damaged": self.damaged,
                "unreadable": self.unreadable,
                "copies": self.copies,
                "withdrawn": self.withdrawn,
                "waiting": self.waiting,
                "waiting_damaged": self.waiting_damaged,
            },
        }


def status(archive: OpenedArchive, index: Index, *, now: int, findings: tuple[Finding, ...] = ()) -> Status:
    """The state of the archive at a time in milliseconds since 1970; the index is in step with the ledger."""
    counts = index.counts()
    waits = damage_that_waits(archive)
    days = archive.settings.audit_every_days
    ahead = day_of(now, later=CLOCK_DAYS)
    overdue = index.unchecked_since(days_before(now, days), ahead)
    soon = index.unchecked_since(days_before(now, max(days - SOON_DAYS, 0)), ahead)
    first = next(index.oldest_first(), None)
    oldest = first.last_checked if first is not None else ""
    return Status(
        name=archive.settings.name,
        archive=archive.settings.archive_id,
        documents=counts.documents,
        files=counts.files,
        bytes=counts.bytes,
        runs=sum(1 for _ in index.runs()),
        awaiting=counts.awaiting,
        never_checked=counts.never_checked + index.checked_after(ahead),
        due=soon - overdue,
        overdue=overdue,
        promise_days=days,
        oldest_check=oldest if oldest <= ahead else "",
        last_audit=_noted(index, "last audit"),
        damaged=counts.damaged,
        unreadable=counts.unreadable,
        unknown=counts.unknown,
        withdrawn=counts.withdrawn,
        adverse=tuple(index.adverse(STATUS_DAMAGED)) if counts.damaged else (),
        unfinished=tuple(
            left.command for left in intents.unfinished(archive.layout.staging) if isinstance(left, Intent)
        ),
        copies=1 + len(archive.settings.copies),
        good=good_copies(archive, index),
        places=tuple(place_standings(archive, index)),
        waiting=len(WaitingRuns.of(archive.settings.archive_id).finished()),
        waiting_damaged=len(waits.bags),
        key_replaced=_noted(index, KEY_REPLACED),
        promised=promised_runs(archive, index, now=now),
        access=_access_counts(index, now),
        completeness=_completeness(archive, index),
        embargoes=tuple(
            index.embargoes_until(day_of(now, later=EMBARGO_DAYS), day_of(now), STATUS_EMBARGOES)
        ),
        ledger_size=index.size,
        incidents=index.incidents.counts(),
        findings=(
            *findings,
            *lost_damage(archive, index),
            *_planted_marker(archive),
            *waits.doubts,
            *waits.findings,
        ),
        now=now,
    )


def _planted_marker(archive: OpenedArchive) -> list[Finding]:
    """What an audit says of a `copy.json` in the archive: no command writes to it then."""
    if not something_at(archive.root / MARKER):  # else nothing more is loaded
        return []
    from archive.services.copies.itself import is_copy_itself, strayed_marker

    return [] if is_copy_itself(archive) else strayed_marker(archive)


def _completeness(archive: OpenedArchive, index: Index) -> "Completeness | None":
    if not archive.settings.description.profile:
        return None
    from archive.services.description_profiles import profile_in_force  # with the schemas, 60 ms
    from archive.services.holdings.completeness import CompletenessLook

    profile = profile_in_force(archive)
    return CompletenessLook(archive, index, profile).counts() if profile is not None else None


def _access_counts(index: Index, now: int) -> AccessCounts:
    counts = dict.fromkeys(AccessStatus, 0)
    today, then = day_of(now), day_of(now, later=EMBARGO_DAYS)
    over = soon = 0
    for text, count in index.accesses().items():
        access = stored_access(text)
        counts[access.status] += count
        is_over = access.on(today) != access
        over += count * is_over
        soon += count * (not is_over and access.on(then) != access)
    return AccessCounts(
        open=counts[AccessStatus.OPEN],
        restricted=counts[AccessStatus.RESTRICTED],
        embargoed=counts[AccessStatus.EMBARGOED],
        not_stated=counts[AccessStatus.NOT_STATED],
        embargoes_over=over,
        embargoes_soon=soon,
    )


def _noted(index: Index, name: str) -> dict[str, Any] | None:
    try:
        noted = json.loads(index.meta(name) or "null")
    except (ValueError, RecursionError):
        return None
    return noted if isinstance(noted, dict) else None
