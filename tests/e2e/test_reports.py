"""A line of `archive schedule` run as cron runs it; what status, report and assess say of it afterwards."""

import subprocess
from pathlib import Path

from tests.conftest import SEEDS
from tests.e2e.command import TIMEOUT, Command
from tests.scheduled import as_cron_hands_it_on


def test_a_scheduled_audit_runs_where_nobody_is_logged_in_and_is_told_of(tmp_path: Path) -> None:
    odd = tmp_path / "an 'odd' 100% name"
    odd.mkdir()
    archive = Command(odd / "archive", odd / "keys").init()
    archive("ingest", SEEDS / "texts")
    report = archive("schedule", "--as", "cron", "--promise", "--format", "json").json
    assert "audit: never yet, promised every day" in archive("status").out
    line = next(line for line in report["files"][0]["text"].splitlines() if " audit " in line)
    subprocess.run(
        ["/bin/sh", "-c", as_cron_hands_it_on(line)],
        env={"HOME": "/", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(SEEDS.parent)},
        cwd="/",
        check=True,
        capture_output=True,
        timeout=TIMEOUT,
    )
    assert "audit: last today, promised every day" in archive("status").out
    page = tmp_path / "report.html"
    told = archive("report", "--to", page, "--format", "json").json
    (day,) = told["checks"]["days"]
    assert day["looks"] == told["holdings"]["closing"]["documents"] > 0
    assert page.read_text("utf-8").count('<svg class="chart"') >= 3
    cells = {cell["id"]: cell for cell in archive("assess", "ndsa", "--format", "json").json["cells"]}
    assert (cells["integrity-3"]["verdict"], cells["storage-1"]["verdict"]) == ("met", "not met")
