"""Integrity: digests, when they are verified, and what is done about damage."""

from archive.core.assessment.answers import decided, met, not_met, unknown
from archive.core.assessment.evidence import Evidence
from archive.core.assessment.model import Answer


def brought_verified(evidence: Evidence) -> Answer:
    """Ingest verifies what came along and refuses what differs; PREMIS says whose digests they were."""
    if evidence.doubtful:
        return unknown(_doubtful(evidence))
    return met(
        "archive ingest verifies every checksum file and manifest that comes, and refuses what differs",
        f"metadata/premis.xml: {evidence.with_brought_digests} of {evidence.held} came with digests",
    )


def made(evidence: Evidence) -> Answer:
    """Every ingestion entry has the digest of its bag's tag manifest, which leads to every file."""
    return met(
        f"ledger entries “ingestion”: {evidence.held} held bags, each with the SHA-512 of its manifests",
        "archive ledger verify",
    )


def virus_checked(evidence: Evidence) -> Answer:
    """Each document's PREMIS names a virus check that passed."""
    if evidence.doubtful:
        return unknown(_doubtful(evidence))
    checked = evidence.asked - evidence.unchecked_for_viruses
    return decided(
        not evidence.unchecked_for_viruses,
        'archive ingest --virus-check "clamdscan --no-summary" checks what comes from now on',
        f"metadata/premis.xml: {checked} of {evidence.asked} documents were checked for viruses",
    )


def verified_when_moved(evidence: Evidence) -> Answer:
    """Ingest and copy read back what they write; a copy's run says so in the ledger."""
    proof = [
        "archive ingest reads back every file that it writes, and compares it with the digest of the source"
    ]
    if evidence.copy_runs:
        proof.append(f"ledger entries “copied”: {evidence.copy_runs} runs, every bag judged by the ledger")
    return met(*proof)


def write_blockers(_: Evidence) -> Answer:
    """Nothing here knows how a stick was read."""
    return unknown("how original media are attached cannot be seen from here")


def kept_apart(evidence: Evidence) -> Answer:
    """A copy carries the whole ledger; a mark from outside fixes its root elsewhere."""
    written = [copy.name for copy in evidence.copies if copy.is_written]
    proof = [f"ledger entries “copied”: {', '.join(written)}, the ledger with it"] if written else []
    proof += [f"archive history: {evidence.marks} marks from outside are kept"] if evidence.marks else []
    if proof:
        return met(*proof)
    return not_met(
        "archive copy --to DIR, or archive ledger checkpoint --out FILE, kept elsewhere and witnessed"
    )


def fixed_intervals(evidence: Evidence) -> Answer:
    """No held document waits longer than promised, and audits are on record."""
    intact = f"{evidence.checked_within} of {evidence.held} found intact within {evidence.every_days} days"
    told = f"archive coverage: {intact}"
    attested = f"{evidence.attested} of these checks are attested from outside; trust basis: {evidence.trust}"
    missing = f"{evidence.overdue} are overdue: archive audit; archive schedule keeps it going"
    return decided(not evidence.overdue and evidence.recorded_audits > 0, missing, told, attested)


def documented(evidence: Evidence) -> Answer:
    """Audits are on record, and their results are the recorded ones."""
    told = f"audits/: {evidence.sound_audits} of {evidence.recorded_audits} audits have the results on record"
    if not evidence.recorded_audits:
        return not_met("no audit is on record: archive audit")
    missing = "some results were altered or lost: put them back from another copy of the archive"
    return decided(evidence.sound_audits == evidence.recorded_audits, missing, told)


def on_demand(evidence: Evidence) -> Answer:
    """Somebody did."""
    told = (
        f"ledger: {evidence.recorded_audits} entries “audit finished”, {evidence.audits_by_id} of them by ids"
    )
    return decided(
        evidence.recorded_audits > 0, "no audit is on record: archive audit ID, or archive audit", told
    )


def after_events(evidence: Evidence) -> Answer:
    """Checks of single documents, of copies, after repairs."""
    done = [
        f"{count} {words}"
        for count, words in (
            (evidence.audits_by_id, "audits of named documents"),
            (
                evidence.copy_runs,
                "runs of archive copy, which verify what they read and read back what they write",
            ),
            (evidence.copy_audits, "audits of copies"),
            (evidence.repairs, "repairs, each followed by a reading of the whole bag"),
        )
        if count
    ]
    if done:
        return met(f"ledger: {'; '.join(done)}")
    return not_met("after a move, a copy or an alarm: archive audit ID, or archive audit --copy DIR")


def repaired(evidence: Evidence) -> Answer:
    """No damage is open; where there was some, it was found intact again."""
    told = (
        f"archive report: {evidence.damage_found} documents were found damaged or missing,"
        f" {evidence.damage_mended} intact again, {evidence.damage_open} open; {evidence.repairs} repairs"
    )
    if evidence.damage_open:
        return not_met("archive repair puts back what a good copy has", told)
    if not evidence.recorded_audits:
        return unknown("no audit has looked for damage yet: archive audit", told)
    return met(told)


def _doubtful(evidence: Evidence) -> str:
    return f"{evidence.doubtful} documents could not be asked: archive audit says why"
