"""The tools of the benchmarks: the same corpus everywhere, ratios by round, a page of results."""

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

import pytest

from archive import schemas
from archive.core.descriptions.description import Description
from archive.core.descriptions.description_rules import judge
from benchmarks import audit, workspace
from benchmarks.__main__ import main
from benchmarks.claims import Bound, Claim, Report, Verdict, faster, within
from benchmarks.corpus import DOCUMENTS_PER_FOLDER, LARGEST, MEDIAN, SMALLEST, make_corpus
from benchmarks.page import CLOSING, OPENING, PageError, replaced, section
from benchmarks.process import RunFailedError, Usage, run, session_memory
from benchmarks.surroundings import Surroundings, file_system_of
from benchmarks.table import Row, Spread, Table
from benchmarks.timing import Case, compare, peak_memory
from benchmarks.workspace import Workspace

NOWHERE = Surroundings(file_system="none", processors=1, processor="none", python="3", system="none")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def python(source: str, *arguments: str) -> list[str]:
    return [sys.executable, "-S", "-c", source, *arguments]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "S"
    make_corpus(folder, documents=600)
    return folder


class TestCorpus:
    def test_same_arguments_give_the_same_bytes(self, tmp_path: Path, corpus: Path) -> None:
        size = make_corpus(tmp_path / "again", documents=600)
        again = contents(tmp_path / "again")
        assert again == contents(corpus)
        texts = [raw for name, raw in again.items() if name.endswith(".txt")]
        assert size == (600, 3, sum(map(len, texts)))

    def test_another_seed_gives_other_bytes(self, tmp_path: Path) -> None:
        make_corpus(tmp_path / "one", documents=2, seed=1)
        make_corpus(tmp_path / "two", documents=2, seed=2)
        assert contents(tmp_path / "one") != contents(tmp_path / "two")

    def test_sizes_lie_around_eight_kibibytes_within_their_limits(self, corpus: Path) -> None:
        sizes = [len(raw) for name, raw in contents(corpus).items() if name.endswith(".txt")]
        assert SMALLEST <= min(sizes) <= max(sizes) <= LARGEST
        assert 0.85 < median(sizes) / MEDIAN < 1.15

    def test_every_text_has_one_sidecar_and_a_first_line_of_its_own(self, corpus: Path) -> None:
        files = contents(corpus)
        texts = {name: raw for name, raw in files.items() if name.endswith(".txt")}
        assert set(files) == set(texts) | {f"{name}.dc.json" for name in texts}
        for name, raw in texts.items():
            number = int(Path(name).stem.removeprefix("paper-"))
            assert raw.startswith(f"Paper {number}\n".encode())
        assert {len(os.listdir(folder)) for folder in corpus.iterdir()} == {
            2 * DOCUMENTS_PER_FOLDER,
            2 * (600 % DOCUMENTS_PER_FOLDER),
        }

    def test_sidecars_are_valid_and_leave_nothing_to_remark(self, corpus: Path) -> None:
        for sidecar in corpus.rglob("*.dc.json"):
            document = json.loads(sidecar.read_bytes())
            assert schemas.is_valid("dublin-core", document)
            assert judge(Description.from_json(document), sidecar.name) == []

    def test_an_existing_folder_is_left_alone(self, corpus: Path) -> None:
        with pytest.raises(FileExistsError):
            make_corpus(corpus, documents=1)


class TestRuns:
    def test_an_unexpected_exit_code_is_an_error_with_its_reason(self) -> None:
        with pytest.raises(RunFailedError, match=r"(?s)exit code 3 .*no disk"):
            run(python("import sys; sys.stderr.write('no disk'); sys.exit(3)"))

    def test_no_run_compiles_its_modules_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        run(python("import sys; sys.exit(sys.dont_write_bytecode)"))

    def test_time_on_the_clock_and_in_user_code_are_told_apart(self) -> None:
        usage = run(python("import time; time.sleep(0.2)"))
        assert usage.wall >= 0.2 > usage.user

    @pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc/PID/smaps_rollup")
    def test_memory_counts_the_children_too(self) -> None:
        hold = "import time; block = b'x' * 40_000_000; time.sleep(0.4)"
        spawn = f"import subprocess, sys; c = [sys.executable, '-S', '-c', {hold!r}]"
        both = f"{spawn}; [child.wait() for child in [subprocess.Popen(c), subprocess.Popen(c)]]"
        peak = run(python(both), sample_memory=True).peak_memory
        assert peak is not None
        assert 80_000_000 < peak < 140_000_000

    def test_memory_of_a_session_without_processes_is_unknown(self) -> None:
        assert session_memory(-5) is None

    def test_the_file_system_of_proc_is_named(self) -> None:
        if not Path("/proc/self/mountinfo").exists():
            pytest.skip("needs /proc/self/mountinfo")
        assert file_system_of(Path("/proc/self")) == "proc"


class TestDisk:
    def test_a_base_in_memory_gives_way_to_temporary_files_on_a_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        memory, disk = tmp_path / "memory", tmp_path / "disk"
        disk.mkdir()
        kinds = {memory: "tmpfs", disk: "xfs"}
        monkeypatch.setattr(workspace, "file_system_of", lambda path: kinds[path])
        monkeypatch.setattr(tempfile, "gettempdir", lambda: str(disk))
        assert workspace.disk_base(memory) == disk
        assert workspace.disk_base(disk) == disk
        kinds[disk] = "tmpfs"
        assert workspace.disk_base(memory) is None


class TestComparison:
    def test_cases_alternate_in_fresh_folders_after_their_preparation(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        note = "import os, sys; open(sys.argv[1], 'a').write(sys.argv[2] + os.listdir(sys.argv[3])[0] + ' ')"

        def case(name: str) -> Case:
            return Case(
                name=name,
                command=lambda folder: python(note, str(log), name, str(folder)),
                prepare=lambda folder: (folder / "ready").touch(),
            )

        with Workspace(tmp_path) as space:
            table = compare([case("a"), case("b")], runs=2, warm_ups=1, space=space)
        assert log.read_text() == "aready bready " * 3
        assert [(row.name, len(row.runs)) for row in table.rows] == [("a", 2), ("b", 2)]
        assert list(tmp_path.iterdir()) == [log]

    def test_two_cases_of_one_name_are_refused(self, tmp_path: Path) -> None:
        twin = Case(name="a", command=lambda _: python("pass"))
        with Workspace(tmp_path) as space, pytest.raises(ValueError, match="name of its own"):
            compare([twin, twin], space=space)

    def test_a_workspace_is_removed_with_the_read_only_bags_in_it(self, tmp_path: Path) -> None:
        with Workspace(tmp_path) as space:
            bag = space.fresh() / "bag"
            bag.mkdir()
            (bag / "bagit.txt").touch()
            bag.chmod(0o555)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc/PID/smaps_rollup")
    def test_peak_memory_of_a_case_is_that_of_its_command(self, tmp_path: Path) -> None:
        hold = "import time; block = b'x' * 40_000_000; time.sleep(0.3)"
        with Workspace(tmp_path) as space:
            peak = peak_memory(Case(name="a", command=lambda _: python(hold)), space)
        assert peak is not None
        assert peak > 40_000_000


class TestTable:
    table = Table(
        title="Two cases",
        surroundings=NOWHERE,
        rows=(
            Row(name="ours", runs=(Usage(1, 1, 0), Usage(2, 1, 0), Usage(9, 1, 0)), documents=100),
            Row(name="theirs", runs=(Usage(4, 1, 0), Usage(4, 1, 0), Usage(9, 1, 0)), peak_memory=2_000_000),
        ),
    )

    def test_ratio_is_the_median_of_the_rounds_with_its_spread(self) -> None:
        assert self.table.ratio("ours", "theirs") == (0.5, 0.25, 1.0)

    def test_ratio_is_per_document_where_both_count_documents(self) -> None:
        fewer = Row(name="fewer", runs=(Usage(3, 1, 0),), documents=10)
        all_of_them = Row(name="all", runs=(Usage(6, 1, 0),), documents=100)
        table = Table(title="", surroundings=NOWHERE, rows=(fewer, all_of_them))
        assert table.ratio("fewer", "all").median == pytest.approx(5)

    def test_difference_is_taken_round_by_round(self) -> None:
        assert self.table.difference("theirs", "ours") == (2, 0, 3)

    def test_rows_that_are_not_comparable_show_no_ratio(self) -> None:
        table = Table(title="", surroundings=NOWHERE, rows=self.table.rows, comparable=False)
        assert "0.5" not in table.text()
        column = table.header.index("× first")
        assert [row[column] for row in table.cells()] == ["", ""]
        assert [row[column] for row in self.table.cells()] == ["1.00", "2.00"]

    def test_json_keeps_every_run_and_states_rate_and_cache(self) -> None:
        ours, theirs = self.table.to_json()["cases"]
        assert ours["wall_runs"] == [1, 2, 9]
        assert (ours["wall"], ours["documents_per_second"], ours["page_cache"]) == (2, 50, "warm")
        assert (theirs["documents_per_second"], theirs["peak_memory"]) == (None, 2_000_000)

    def test_an_unknown_case_is_named(self) -> None:
        with pytest.raises(KeyError, match="nobody"):
            self.table.row("nobody")


class TestClaims:
    table = TestTable.table

    def test_faster_inverts_the_ratio_and_within_does_not(self) -> None:
        assert faster("", self.table, "ours", "theirs", at_least=2).measured == (2.0, 1.0, 4.0)
        assert within("", self.table, "ours", "theirs", at_most=2).measured == (0.5, 0.25, 1.0)

    @pytest.mark.parametrize(("at_least", "verdict"), [(2.0, Verdict.MET), (2.01, Verdict.MISSED)])
    def test_a_lower_bound_is_met_from_its_target_on(self, at_least: float, verdict: Verdict) -> None:
        assert faster("", self.table, "ours", "theirs", at_least=at_least).verdict is verdict

    @pytest.mark.parametrize(("at_most", "verdict"), [(0.5, Verdict.MET), (0.49, Verdict.MISSED)])
    def test_an_upper_bound_is_met_up_to_its_target(self, at_most: float, verdict: Verdict) -> None:
        assert within("", self.table, "ours", "theirs", at_most=at_most).verdict is verdict

    def test_what_was_not_measured_is_neither_met_nor_missed(self) -> None:
        claim = Claim(name="a", unit="MB", bound=Bound.AT_MOST, target=1, measured=None, note="no disk")
        assert str(claim) == "not measured  a: no disk; target ≤ 1 MB"
        assert claim.to_json()["measured"] is None


class TestPage:
    claim = Claim(name="a | b", unit="MB", bound=Bound.AT_MOST, target=9, measured=Spread(8, 7, 9))
    report = Report(name="r", claims=(claim,), tables=(TestTable.table,))

    def test_only_the_section_between_the_marks_is_replaced(self) -> None:
        page = f"before\n{OPENING}\nold\n{CLOSING}\nafter\n"
        once = replaced(page, "new")
        assert once == f"before\n{OPENING}\n\nnew\n\n{CLOSING}\nafter\n"
        assert replaced(once, "new") == once

    @pytest.mark.parametrize(
        "page",
        ["", OPENING, f"{CLOSING}{OPENING}", f"{OPENING}{OPENING}{CLOSING}", f"{OPENING}{CLOSING}" * 2],
    )
    def test_a_page_without_one_place_for_results_is_refused(self, page: str) -> None:
        with pytest.raises(PageError):
            replaced(page, "new")

    def test_section_holds_claims_with_verdicts_and_only_columns_in_use(self) -> None:
        lines = section([self.report], "Where.").splitlines()
        assert lines[0] == "Where."
        assert "| a \\| b | 8 MB (7 to 9) | ≤ 9 MB | **met** |" in lines
        assert "| case | cache | documents | median s |" in "\n".join(lines)
        memory = Table(title="M", surroundings=NOWHERE, rows=TestTable.table.rows[:1], comparable=False)
        without = section([Report(name="r", claims=(), tables=(memory,))], "Where.")
        assert "× first" not in without
        assert "peak MB" not in without

    def test_the_documentation_has_one_place_for_results(self) -> None:
        page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
        assert "new" in replaced(page, "new")


CLAIMS = [
    "`archive --version` over `python -c pass`",
    "descriptions of 20 elements checked by one process",
    "descriptions against `jsonschema.validate` per call",
    "ingest against the obvious script, compiled validator",
    "ingest against the obvious script, validator per call",
    "ingest against `cp -r`",
    "audit against bagit in one process",
    "audit against bagit in a pool of 2",
    "audit against `find | xargs -P2 sha512sum`",
    "audit on a cold disk against the same in the page cache",
    "a bag against `cp -r, then bagit.py`",
    "a bag against `cp -r, then bagit.py --processes 2`",
    "a bag against `cp -r`",
    "a second copy against `rclone copy, then rclone check --download`",
    "a second copy against `rsync -a, then rsync -rcn`",
    "reading a copy again against `rclone check --download`",
    "reading a copy again against `rsync -rcn`",
    "verify a bag of 50 files against `bagit.py --validate`",
    "verify a bag of 50 files against `bagit.py --validate --processes 2`",
    "verify 4 files of 8 MiB against `find | xargs -P2 sha512sum`",
    "verify a bag of one text against `bagit.py --validate`",
    "calls of the stat family per file, `archive verify`",
    "memory of verify for a manifest of 20,000 lines, all processes",
    "evidence of one check of a bag, 5 audits of 50 bags",
    "memory of ingest, 500 documents against 50",
    "memory of ingest, 500 documents, all processes",
    "memory of audit, 500 documents against 50",
    "memory of audit, 500 documents, all processes",
    "memory of report, 500 documents against 50",
    "memory of report, 500 documents, all processes",
]


class TestWholeRun:
    # No figure is judged here: a shared machine would decide the outcome.
    def test_a_quick_run_states_every_claim(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(audit, "may_drop_caches", lambda: False)  # it would slow the whole machine down
        page, result = tmp_path / "page.md", tmp_path / "result.json"
        page.write_text(f"{OPENING}\n{CLOSING}\n")
        base = tmp_path / "base"
        base.mkdir()
        assert main(f"--quick --documents 50 --base {base} --json {result} --write {page}".split()) == 0
        document = json.loads(result.read_text())
        claims = {claim["name"]: claim for report in document["reports"] for claim in report["claims"]}
        assert list(claims) == CLAIMS
        unmeasured = {name for name, claim in claims.items() if claim["measured"] is None}
        possible = {name for name in CLAIMS if name.startswith(("memory", "calls", "a second", "reading"))}
        assert unmeasured - possible == {"audit on a cold disk against the same in the page cache"}
        written, printed = page.read_text(), capsys.readouterr().out
        assert all(name.replace("|", "\\|") in written and name in printed for name in CLAIMS)
        assert list(base.iterdir()) == []

    @pytest.mark.parametrize(
        "arguments", ["--only speed", "--documents 0", "--quick --write PAGE --only audit"]
    )
    def test_wrong_use_is_refused_before_anything_runs(
        self, arguments: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as stopped:
            main(arguments.split())
        assert stopped.value.code == 2
        assert capsys.readouterr().out == ""

    def test_a_page_that_cannot_take_results_is_refused_before_anything_runs(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = tmp_path / "page.md"
        page.write_text("no marks")
        with pytest.raises(SystemExit) as stopped:
            main(["--quick", "--write", str(page)])
        assert stopped.value.code == 2
        assert capsys.readouterr().out == ""
