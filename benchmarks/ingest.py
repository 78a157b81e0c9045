"""Ingest of corpus S against the scripts that people write, and against a bare copy."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.claims import Claim, Report, faster, within
from benchmarks.peers import command, copy_command, durable_copy_command
from benchmarks.setting import Setting, can_identify, ingest_command
from benchmarks.table import Table
from benchmarks.timing import Case, compare

OURS = "archive ingest --no-identify"
IDENTIFYING = "archive ingest --identify"
COMPILED = "obvious script, compiled validator"
PER_CALL = "obvious script, validator per call"
COPY = "cp -r"
BAGS = "cp -r of the finished bags, and a sync"

_PER_CALL_PART = 20  # the slow script is given one document in so many; times are compared per document
_PER_CALL_LEAST = 20
_WARM_UP = 20


def measure(setting: Setting) -> Report:
    """Every tool makes its bags from the same texts, each time in a fresh folder.

    The bare copy is compared on a disk where there is one: in memory a file costs it next to nothing. What
    of an ingest's time goes into creating that many files at all, a copy of the finished bags shows.

    Unless there is one round only, each first takes a handful of documents, so that programs are loaded.
    """
    if setting.rounds > 1:
        compare(_cases(setting, min(_WARM_UP, setting.documents)), runs=1, warm_ups=0, space=setting.space)
    title = f"Ingest of {setting.documents:,} documents"
    table = compare(
        _cases(setting, setting.documents), runs=setting.rounds, warm_ups=0, space=setting.space, title=title
    )
    copies = table
    if setting.disk not in {None, setting.space}:
        home = setting.space.fresh()
        bags = setting.filled_archive(home, setting.documents) / "bags"
        cases = [case for case in _cases(setting, setting.documents) if case.name in {OURS, COPY}]
        finished = Case(
            name=BAGS,
            command=lambda folder: durable_copy_command(bags, folder / "copy"),
            documents=setting.documents,
        )
        copies = compare(
            [*cases, finished],
            runs=setting.rounds,
            warm_ups=0,
            space=setting.disk,
            title=f"{title} from memory to a disk",
        )
        setting.space.release(home)
    tables = (table,) if copies is table else (table, copies)
    return Report(name="ingest", claims=_claims(table, copies), tables=tables)


def _claims(table: Table, copies: Table) -> tuple[Claim, ...]:
    fewer = table.row(PER_CALL).documents
    return (
        faster(f"ingest against the {COMPILED}", table, OURS, COMPILED, at_least=6),
        faster(
            f"ingest against the {PER_CALL}",
            table,
            OURS,
            PER_CALL,
            at_least=20,
            note=f"the script was given {fewer:,} documents; compared per document",
        ),
        within(
            f"ingest against `{COPY}`",
            copies,
            OURS,
            COPY,
            at_most=4,
            note=f"on {copies.surroundings.file_system}",
        ),
    )


def _cases(setting: Setting, documents: int) -> Sequence[Case]:
    corpus = setting.corpus(documents)
    fewer = min(documents, max(documents // _PER_CALL_PART, _PER_CALL_LEAST))
    fewer_corpus = setting.corpus(fewer)

    def ours(name: str, *, identify: bool) -> Case:
        return Case(
            name=name,
            prepare=setting.new_archive,
            command=lambda folder: ingest_command(folder / "archive", corpus, identify=identify),
            environment=setting.environment,
            documents=documents,
        )

    def script(name: str, peer: str, source: Path, count: int) -> Case:
        return Case(name=name, command=lambda folder: command(peer, source, folder / "bags"), documents=count)

    return [
        ours(OURS, identify=False),
        *([ours(IDENTIFYING, identify=True)] if can_identify() else []),
        script(COMPILED, "bag-each", corpus, documents),
        script(PER_CALL, "bag-each-schema-per-call", fewer_corpus, fewer),
        Case(name=COPY, command=lambda folder: copy_command(corpus, folder / "copy"), documents=documents),
    ]
