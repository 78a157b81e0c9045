"""`archive show ID --report FILE.html`: the page of a document, from what the archive and its ledger hold."""

import contextlib
import hashlib
import sqlite3
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.errors import EvidenceError
from tests.archives import overwrite
from tests.changes import Changing
from tests.pages import require_self_contained, seen


class TestCommand:
    """`archive show ID --report FILE.html`."""

    def shown(self, changing: Changing, source: str, *options: str, code: int = 0) -> str:
        """The page that the command writes for a document."""
        target = changing.made.folder / "page.html"
        changing("show", changing.reference(source), "--report", str(target), *options, code=code)
        text = target.read_text("utf-8")
        require_self_contained(text)
        return text

    def test_tells_the_history_that_the_history_command_tells(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        changing("describe", reference, "--set", "title=New", "--reason", "read anew", "--agent", "Ben")
        changing("audit")
        history = changing("history", reference)["events"]
        report = changing("show", reference)
        assert report["timeline"] == history
        assert report["earlier"][0]["revision"] == 1
        text = seen(self.shown(changing, "a.txt"))
        for each in history:
            assert f"entry {each['index']} of the ledger" in text
            assert each["text"] in text
        assert "Because: read anew By Ben, with document-archive" in text
        assert "It said, where the next version differs: Title A letter from Zanzibar" in text
        assert "New Held, intact when last read" in text

    def test_a_check_is_attested_as_far_as_a_checkpoint_that_was_kept(self, changing: Changing) -> None:
        changing("audit")
        kept = changing.made.folder / "kept.checkpoint"
        changing("ledger", "checkpoint", "--out", str(kept))
        changing("audit")
        text = seen(self.shown(changing, "a.txt", "--trust", str(kept)))
        assert (
            "Twice since its ingest an audit looked at it; 2 found it intact. 1 of 2 were on record" in text
        )
        assert "proven against the checkpoint of" in text
        assert "Twice since its ingest an audit looked at it; 2 found it intact. None is attested" in seen(
            self.shown(changing, "a.txt")
        )

    def test_what_is_withdrawn_or_disposed_of_is_shown_as_such(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        changing("withdraw", reference, "--reason", "asked back")
        text = seen(self.shown(changing, "a.txt"))
        assert "Withdrawn: not held any more" in text
        assert "cd quarantine/withdrawn/" in text
        assert "Because: asked back" in text
        changing("dispose", reference, "--authority", "the board", "--yes")
        target = changing.made.folder / "gone.html"
        changing("show", reference, "--report", str(target))
        text = seen(target.read_text("utf-8"))
        assert "Disposed of: destroyed" in text
        assert "On the authority of: the board" in text
        assert "Zanzibar" not in text
        assert "sha512sum -c" not in text

    def test_a_broken_ledger_is_said_on_the_page_and_by_the_exit_code(self, changing: Changing) -> None:
        bundle = next(path for path in (changing.root / "ledger/tile/entries").rglob("*") if path.is_file())
        overwrite(bundle, bundle.read_bytes().replace(b'"files":1', b'"files":7', 1))
        text = seen(self.shown(changing, "a.txt", code=EvidenceError.exit_code))
        assert "The evidence is broken" in text
        assert "What is doubtful" in text

    def test_altered_results_are_no_checks(self, changing: Changing) -> None:
        changing("audit")
        for path in (changing.root / "audits").rglob("results-*.json"):
            overwrite(path, path.read_bytes() + b" ")
        text = seen(self.shown(changing, "a.txt", code=1))
        assert "No recorded audit has read it yet" in text
        assert "AUDIT-RESULTS" in text

    def test_an_index_that_was_edited_gives_no_title(self, changing: Changing) -> None:
        with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
            index.execute("UPDATE documents SET title = 'Forged', creator = 'Nobody', date = '1066'")
        report = changing("show", changing.reference("a.txt"))
        assert (report["title"], report["creator"], report["date"]) == (
            "A letter from Zanzibar",
            None,
            "1918",
        )
        assert "Forged" not in self.shown(changing, "a.txt")

    def test_a_bag_forged_together_with_the_index_is_not_believed(self, changing: Changing) -> None:
        bag = changing.bag("a.txt")
        described = bag / "metadata/dublin-core.json"
        before = hashlib.sha512(described.read_bytes()).hexdigest()
        overwrite(described, described.read_bytes().replace(b"Zanzibar", b"Atlantis"))
        tags = bag / "tagmanifest-sha512.txt"
        after = hashlib.sha512(described.read_bytes()).hexdigest()
        overwrite(tags, tags.read_bytes().replace(before.encode(), after.encode()))
        digest = hashlib.sha512(tags.read_bytes()).hexdigest()
        with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
            index.execute(f"UPDATE documents SET tag_manifest = x'{digest}' WHERE title LIKE '%Zanzibar'")  # noqa: S608
        report = changing("show", changing.reference("a.txt"), code=1)
        assert report["description"] is None
        assert "Held, but not as it was recorded" in seen(self.shown(changing, "a.txt", code=1))

    def test_a_forged_list_of_digests_is_not_shown(self, changing: Changing) -> None:
        overwrite(changing.bag("a.txt") / "manifest-sha512.txt", b"0" * 128 + b"  data/a.txt\n")
        report = changing("show", changing.reference("a.txt"), code=1)
        assert report["files"] == []

    def test_an_index_that_hides_a_later_description_is_found(self, changing: Changing) -> None:
        changing("describe", changing.reference("a.txt"), "--set", "title=New")
        with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
            index.execute("DELETE FROM changes")
        text = seen(self.shown(changing, "a.txt", code=1))
        assert "CATALOG-INDEX-ALTERED" in text

    def test_a_page_takes_the_place_of_an_older_one(self, changing: Changing) -> None:
        (changing.made.folder / "page.html").write_text("older")
        assert "A letter from" in self.shown(changing, "a.txt")

    @pytest.mark.parametrize("name", ["page.pdf", "page", "nowhere/page.html"])
    def test_a_name_that_is_no_page_is_refused_before_anything_is_read(
        self, changing: Changing, name: str, tmp_path: Path
    ) -> None:
        reference = changing.reference("a.txt")
        assert changing("show", reference, "--report", str(tmp_path / name), code=2)["kind"] == "error"
        assert not (tmp_path / name).exists()

    def test_marks_without_a_report_are_refused(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        assert changing("show", reference, "--key", "x", code=2)["kind"] == "error"

    def test_text_shows_the_newest_events_and_names_the_command_for_all(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        for title in "abcdef":
            changing("describe", reference, "--set", f"title={title}")
        text = changing.text("show", reference)
        assert f"2 earlier events: archive history {reference}" in text
        assert text.count("Described anew") == 5
        assert "In its PREMIS" not in text
        assert run(["-C", str(changing.root), "-v", "show", reference]) == 0
