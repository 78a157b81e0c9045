"""Peak memory of ingest, audit and report, at N documents and at ten times as many."""

from benchmarks.claims import Bound, Claim, Report
from benchmarks.process import Usage, run
from benchmarks.setting import Setting, audit_command, ingest_command, report_command
from benchmarks.surroundings import surroundings
from benchmarks.table import Row, Spread, Table

JOBS = ("ingest", "audit", "report")
TIMES_AS_MANY = 10
_RATIO_AT_MOST = 1.2
_MEGABYTES_AT_MOST = 150.0

Peaks = dict[tuple[str, int], int | None]


def measure(setting: Setting) -> Report:
    """One of each job at each size, sampled: driver and workers together, shared pages once."""
    few, many = setting.documents, setting.documents * TIMES_AS_MANY
    rows = _rows(setting, few)
    reason = "no /proc/PID/smaps_rollup here"
    if setting.has_room(many):
        rows += _rows(setting, many)
        setting.release_corpus(many)
    else:
        reason = f"no room for {many:,} documents"
    peaks: Peaks = {(row.name.partition(" ")[0], row.documents or 0): row.peak_memory for row in rows}
    table = Table(
        title="Peak memory; sampled every 50 ms, so these times are not to be compared",
        surroundings=surroundings(setting.space.path),
        rows=tuple(rows),
        comparable=False,
    )
    claims = tuple(claim for job in JOBS for claim in _claims(job, peaks, few, many, reason))
    return Report(name="memory", claims=claims, tables=(table,))


def _rows(setting: Setting, documents: int) -> list[Row]:
    folder = setting.space.fresh()
    archive = setting.new_archive(folder)
    corpus = setting.corpus(documents)
    try:
        return [
            _row(setting, "ingest", ingest_command(archive, corpus), documents),
            _row(setting, "audit", audit_command(archive), documents),
            _row(setting, "report", report_command(archive, folder / "report.html"), documents),
        ]
    finally:
        setting.space.release(folder)


def _row(setting: Setting, job: str, command: list[str], documents: int) -> Row:
    usage: Usage = run(command, environment=setting.environment, sample_memory=True)
    name = f"{job} {documents:,}"
    return Row(name=name, runs=(usage,), documents=documents, peak_memory=usage.peak_memory)


def _claims(job: str, peaks: Peaks, few: int, many: int, reason: str) -> tuple[Claim, Claim]:
    at_few, at_many = peaks[job, few], peaks.get((job, many))
    growth = at_many / at_few if at_few and at_many else None
    total = at_many / 1e6 if at_many else None
    return (
        _claim(
            f"memory of {job}, {many:,} documents against {few:,}",
            "× the memory",
            _RATIO_AT_MOST,
            growth,
            reason,
        ),
        _claim(
            f"memory of {job}, {many:,} documents, all processes", "MB", _MEGABYTES_AT_MOST, total, reason
        ),
    )


def _claim(name: str, unit: str, at_most: float, figure: float | None, reason: str) -> Claim:
    measured = None if figure is None else Spread(figure, figure, figure)
    return Claim(
        name=name,
        unit=unit,
        bound=Bound.AT_MOST,
        target=at_most,
        measured=measured,
        note="" if measured else reason,
    )
