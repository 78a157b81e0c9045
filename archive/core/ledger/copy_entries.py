"""Entries of the ledger about copies of the archive. None of them speaks of the archive's own bytes.

`copy` is the id of the place; its name, medium and path stand in archive.toml, and so in the notes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from archive.core.ledger.entries import EntryType, make_entry


def copy_started(*, time: str, agents: Sequence[str], run: str, copy: str, form: str) -> bytes:
    """A run begins to write a copy: form `folder` or `tar`."""
    return make_entry(EntryType.COPY_STARTED, time=time, agents=agents, run=run, copy=copy, form=form)


def copied(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    started: int,
    copy: str,
    form: str,
    outcome: str,
    size: int,
    root: str,
    counts: Mapping[str, int],
    results: str,
) -> bytes:
    """The end of that run, `started` being the index of its beginning.

    Outcome `complete`, `incomplete` or `interrupted`; `size` and `root` of the ledger up to which the copy
    holds everything but what the results (sha512 of their list) say; after an interruption those of the state
    before it. Every bag in the results was written now and read back from the copy, or was only read where
    what an earlier audit found of it is lost.
    """
    return make_entry(
        EntryType.COPIED,
        time=time,
        agents=agents,
        run=run,
        started=started,
        copy=copy,
        form=form,
        outcome=outcome,
        size=size,
        root=root,
        counts=dict(counts),
        results=results,
    )


def copy_audit_started(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    copy: str,
    mode: str,
    selected: int,
    policy: int,
    seed: str | None = None,
    sample: Mapping[str, Any] | None = None,
) -> bytes:
    """An audit of a copy begins; the members as in `audit started`."""
    return make_entry(
        EntryType.COPY_AUDIT_STARTED,
        time=time,
        agents=agents,
        run=run,
        copy=copy,
        mode=mode,
        selected=selected,
        policy=policy,
        seed=seed,
        sample=dict(sample) if sample is not None else None,
    )


def copy_audited(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    started: int,
    copy: str,
    outcome: str,
    size: int,
    counts: Mapping[str, int],
    results: str,
    interrupted: bool,
    recorded: str | None = None,
) -> bytes:
    """The end of an audit of a copy: outcome and counts are of the copy's bytes.

    `size` is that of the archive's ledger by which it was judged: the state that the copy is of. `recorded`
    is the time at which it was signed, where its results had waited for a signature.
    """
    return make_entry(
        EntryType.COPY_AUDITED,
        time=time,
        agents=agents,
        run=run,
        started=started,
        copy=copy,
        outcome=outcome,
        size=size,
        counts=dict(counts),
        results=results,
        interrupted=interrupted,
        recorded=recorded,
    )
