"""What a recorded check of a bag costs: bytes of ledger and results, over several audits of the same bags."""

from itertools import pairwise
from pathlib import Path

from benchmarks.claims import Bound, Claim, Report
from benchmarks.process import Usage, run
from benchmarks.setting import Setting, audit_command
from benchmarks.surroundings import surroundings
from benchmarks.table import Row, Table, spread

AUDITS = 5
_BYTES_AT_MOST = 100.0
_EVIDENCE = ("ledger", "audits")  # all that an audit adds to; checkpoints and tiles included


def measure(setting: Setting) -> Report:
    """Audits every bag several times, and weighs after each what it left behind."""
    home = setting.space.fresh()
    archive = setting.filled_archive(home, setting.documents)
    sizes, runs = [size_of(archive)], list[Usage]()
    for _ in range(AUDITS):
        runs.append(run(audit_command(archive), environment=setting.environment))
        sizes.append(size_of(archive))
    setting.space.release(home)
    per_check = [(after - before) / setting.documents for before, after in pairwise(sizes)]
    title = f"{AUDITS} recorded audits of {setting.documents:,} bags, one after another"
    row = Row(name="archive audit", runs=tuple(runs), documents=setting.documents)
    table = Table(title=title, surroundings=surroundings(setting.space.path), rows=(row,), comparable=False)
    claim = Claim(
        name=f"evidence of one check of a bag, {AUDITS} audits of {setting.documents:,} bags",
        unit="bytes",
        bound=Bound.AT_MOST,
        target=_BYTES_AT_MOST,
        measured=spread(per_check),
        note="ledger and results, their contents",
    )
    return Report(name="evidence", claims=(claim,), tables=(table,))


def size_of(archive: Path) -> int:
    """Bytes in the files of an archive's ledger and results."""
    files = (path for folder in _EVIDENCE for path in (archive / folder).rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)
