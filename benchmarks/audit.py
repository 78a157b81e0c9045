"""The recorded audit of the bags B against bagit, against bare digests, and cold against warm."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.claims import Bound, Claim, Report, faster, within
from benchmarks.peers import command, digest_command, read_command
from benchmarks.setting import Setting, audit_command
from benchmarks.surroundings import may_drop_caches
from benchmarks.table import Table
from benchmarks.timing import Case, compare

OURS = "archive audit"
ONE = "bagit in one process"
POOL = "bagit in a pool of 2"
BARE = "digests alone in Python, a pool of 2"
DIGESTS = "find | xargs -P2 sha512sum"
COLD, WARM = "archive audit, cold", "archive audit, warm"
READ_COLD = "find | xargs -P16 cat, cold"
_READERS = 16  # as many as an audit has for a cold disk on two processors

_COLD_CLAIM = "audit on a cold disk against the same in the page cache"
_COLD_AT_MOST = 2.5


def measure(setting: Setting) -> Report:
    """All read the same bags, made by one ingest. Every audit of ours is recorded in the ledger."""
    home = setting.space.fresh()
    archive = setting.filled_archive(home, setting.documents)
    title = f"Audit of {setting.documents:,} bags"
    warm = compare(
        _cases(setting, archive),
        runs=setting.rounds,
        space=setting.space,
        warm_ups=min(1, setting.rounds - 1),
        title=title,
    )
    setting.space.release(home)
    claims = (
        faster(f"audit against {ONE}", warm, OURS, ONE, at_least=10),
        faster(f"audit against {POOL}", warm, OURS, POOL, at_least=6),
        within(f"audit against `{DIGESTS}`", warm, OURS, DIGESTS, at_most=2),
    )
    cold, cold_claim = _cold(setting)
    return Report(name="audit", claims=(*claims, cold_claim), tables=(warm, *([cold] if cold else [])))


def _cases(setting: Setting, archive: Path) -> Sequence[Case]:
    bags, documents = archive / "bags", setting.documents
    return [
        Case(
            name=OURS,
            command=lambda _: audit_command(archive),
            environment=setting.environment,
            documents=documents,
        ),
        Case(name=ONE, command=lambda _: command("validate-each", bags), documents=documents),
        Case(name=POOL, command=lambda _: command("validate-pool", bags), documents=documents),
        Case(name=BARE, command=lambda _: command("digest-pool", bags), documents=documents),
        Case(name=DIGESTS, command=lambda _: digest_command(bags), documents=documents),
    ]


def _cold(setting: Setting) -> tuple[Table | None, Claim]:
    """The comparison on a disk; without a disk or the right to empty the page cache, why there is none."""
    space = setting.disk
    if space is None:
        return None, _not_cold("no disk: both the workspace and the temporary folder are in memory")
    if not may_drop_caches():
        return None, _not_cold("emptying the page cache needs the rights of root")
    archive = setting.filled_archive(space.fresh(), setting.documents)

    def case(name: str, *, cold: bool) -> Case:
        return Case(
            name=name,
            command=lambda _: audit_command(archive),
            environment=setting.environment,
            cold=cold,
            documents=setting.documents,
        )

    # What the disk and the kernel take for these files where nothing is digested or judged.
    bare = Case(
        name=READ_COLD,
        command=lambda _: read_command(archive / "bags", _READERS),
        cold=True,
        documents=setting.documents,
    )
    # A cold run leaves everything in the cache for the warm one after it.
    table = compare(
        [bare, case(COLD, cold=True), case(WARM, cold=False)],
        runs=setting.rounds,
        warm_ups=0,
        space=space,
        title=f"Audit of {setting.documents:,} bags on a disk, from the disk and from the page cache",
    )
    return table, within(_COLD_CLAIM, table, COLD, WARM, at_most=_COLD_AT_MOST)


def _not_cold(reason: str) -> Claim:
    return Claim(
        name=_COLD_CLAIM,
        unit="× its time",
        bound=Bound.AT_MOST,
        target=_COLD_AT_MOST,
        measured=None,
        note=reason,
    )
