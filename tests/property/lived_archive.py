"""The archive of tests/property/test_life_of_an_archive.py: what may happen to it, and what has to be so."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from archive.core.outcomes import BagOutcome
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import MadeArchive, make_archive
from tests.killed import KILLED, run_killed
from tests.property.life import DAY, Document, Life

INTACT, DAMAGED, MISSING = BagOutcome.INTACT, BagOutcome.DAMAGED, BagOutcome.MISSING
WHICH = st.integers(0, 9)
SHARES = st.sampled_from([("--sample", "1", "--seed", "words"), ("--older-than", "30d"), ("--budget", "1m")])
FORMS = st.sampled_from(["folder", "tar"])


class Archive(RuleBasedStateMachine):
    """An archive, its copy, and what can happen to them."""

    life: Life

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        self._folder = tempfile.TemporaryDirectory(prefix="life-", ignore_cleanup_errors=True)
        self._later = 0
        self._count = 0
        self._unfinished: str | None = None
        self._disks = 0

    def teardown(self) -> None:
        """Nothing of it stays."""
        self._patch.undo()
        self._folder.cleanup()

    @initialize()
    def begin(self) -> None:
        """Two documents to begin with."""
        right = time.time_ns
        self._patch.setattr(time, "time_ns", lambda: right() + self._later)
        self.life = Life(make_archive(Path(self._folder.name), self._patch))
        self.ingest()
        self.ingest()

    def _one(self, which: int, state: str = "held") -> Document | None:
        of_it = [each for each in self.life.documents if each.state == state]
        return of_it[which % len(of_it)] if of_it else None

    # -- what people do ------------------------------------------------------------------------------------

    @rule()
    def ingest(self) -> None:
        """One more document is taken in."""
        self._count += 1
        self.life.ingest(f"{self._count}.txt")

    @rule(which=WHICH, number=st.integers(0, 99))
    def describe(self, which: int, number: int) -> None:
        """A title is given; what is damaged is not described."""
        document = self._one(which)
        if document is None:
            return
        title = f"Title {number}"
        report = self.life("describe", document.bag, "--set", f"dc.title={title}", codes=(0, 1, 2, 3, 4, 6))
        assert self.life.code == 0 or document.truth is not INTACT, report
        if self.life.code == 0:
            document.title = title

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        """A document leaves the holdings."""
        if (document := self._one(which)) is not None:
            self.life("withdraw", document.bag, "--reason", "asked back")
            document.state = "withdrawn"

    @rule(which=WHICH)
    def dispose(self, which: int) -> None:
        """One that did is destroyed."""
        if (document := self._one(which, "withdrawn")) is not None:
            self.life("dispose", document.bag, "--authority", "schedule 7", "--yes")
            document.state = "disposed"

    @rule(days=st.integers(1, 120))
    def wait(self, days: int) -> None:
        """Days go by."""
        self._later += days * DAY

    @rule()
    def rotate(self) -> None:
        """Another key signs."""
        self.life("key", "rotate")

    # -- mishaps -------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def harm(self, which: int) -> None:
        """A byte of a payload is another."""
        document = self._one(which)
        if document is not None and document.truth is INTACT:
            self.life.harm(document)
            self.life.told.append(f"harm {document.source}")
            document.truth = DAMAGED

    @rule(which=WHICH)
    def lose(self, which: int) -> None:
        """A bag is gone."""
        document = self._one(which)
        if document is not None and document.truth is not MISSING:
            self.life.lose(document)
            self.life.told.append(f"lose {document.source}")
            document.truth = MISSING

    @rule(which=WHICH, form=FORMS)
    def harm_a_copy(self, which: int, form: str) -> None:
        """A byte of a payload on a copy is another."""
        document = self._one(which)
        if document is not None and document.on_copy.get(form) is INTACT:
            self.life.harm_on_copy(document, form)
            self.life.told.append(f"harm copy as {form} of {document.source}")
            document.on_copy[form] = DAMAGED

    @rule()
    def lose_the_index(self) -> None:
        """catalog.sqlite is gone."""
        (self.life.made.root / "catalog.sqlite").unlink(missing_ok=True)
        self.life.told.append("lose index")

    # -- audits --------------------------------------------------------------------------------------------

    def _audited(self, documents: list[Document], *words: str) -> None:
        # Whatever it reads, an audit looks whether all that is held is there.
        gone = [each for each in self.life.held if each.truth is MISSING]
        adverse = {each.bag: each.truth for each in (*documents, *gone) if each.truth is not INTACT}
        amiss = adverse or (not words and self._withdrawn_amiss())
        report = self.life("audit", *words, "--jobs", "1", codes=(1 if amiss else 0,))
        found = {bag["id"]: bag["outcome"] for bag in report["bags"]}
        assert found == adverse, self.life.told
        assert report["scope"]["checked"] == len(documents), self.life.told
        for document in (*documents, *gone):
            document.known = document.truth

    @rule()
    def audit(self) -> None:
        """All that is held is read."""
        if self.life.held:
            self._audited(self.life.held)

    @rule(words=SHARES)
    def audit_a_share(self, words: tuple[str, ...]) -> None:
        """Some of what is held is read."""
        if not self.life.held:
            return
        report = self.life("audit", *words, "--jobs", "1", "--all-results", codes=(0, 1))
        truth = {each.bag: each for each in self.life.held}
        gone = {each.bag for each in self.life.held if each.truth is MISSING}
        assert report["scope"]["checked"] <= len(report["bags"]), self.life.told
        assert not report["scope"]["checked"] or gone <= {bag["id"] for bag in report["bags"]}, self.life.told
        for bag in report["bags"]:
            assert truth[bag["id"]].truth.value == bag["outcome"], self.life.told
            truth[bag["id"]].known = truth[bag["id"]].truth

    @rule(which=WHICH)
    def audit_one(self, which: int) -> None:
        """One document is read."""
        if (document := self._one(which)) is not None:
            self._audited([document], document.bag)

    @precondition(lambda self: self._unfinished is None)
    @rule()
    def interrupt_an_audit(self) -> None:
        """An audit is cut off before it has read anything."""
        if not self.life.held:
            return

        def cut_off(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ResultsFolder, "add", cut_off)
            self.life("audit", "--jobs", "1", codes=(130,))
        self._unfinished = max(run.name for run in (self.life.made.root / "audits").iterdir())

    @precondition(lambda self: self._unfinished is not None)
    @rule()
    def resume(self) -> None:
        """The audit that was cut off is finished."""
        assert self._unfinished is not None
        report = self.life(
            "audit", "--resume", self._unfinished, "--jobs", "1", "--all-results", codes=(0, 1)
        )
        self._unfinished = None
        truth = {each.bag: each for each in self.life.held}
        for bag in report["bags"]:
            document = truth[bag["id"]]
            assert document.truth.value == bag["outcome"], self.life.told
            document.known = document.truth

    # -- copies and repairs --------------------------------------------------------------------------------

    @rule(form=FORMS)
    def copy(self, form: str) -> None:
        """A copy is brought up to date."""
        place = str(self.life.copies[form])
        self.life("copy", "--to", place, "--as", form, "--jobs", "1", codes=(0, 1))
        for document in self.life.held:
            if document.truth is not INTACT:
                continue
            if document.on_copy.get(form) is not DAMAGED or form in document.bad_copies:
                document.on_copy[form] = INTACT
            elif document.copied[form] != document.title:  # written anew, whole or in part
                document.on_copy.pop(form)
            document.bad_copies.discard(form)
            document.copied[form] = document.title

    @precondition(lambda self: all(each.truth is INTACT for each in self.life.documents))
    @rule(form=FORMS)
    def lose_the_disk(self, form: str, killed_at: int | None = None) -> None:
        """The archive's disk fails, and the archive comes back from a copy."""
        self.copy(form)
        if any(each.on_copy.get(form) is not INTACT for each in self.life.held):
            return
        shutil.rmtree(self.life.made.root)
        self._disks += 1  # this process keeps folders of the old one open
        self.life.made = MadeArchive(Path(self._folder.name) / f"disk {self._disks}")
        self.life.made.folder.mkdir()
        copy = str(self.life.copies[form])
        restored = ("restore", copy, "--to", str(self.life.made.root), "--jobs", "1")
        if killed_at is None or run_killed([*restored], killed_at) == KILLED:
            assert self.life(*restored)["findings"] == [], self.life.told

    @rule()
    def rebuild(self) -> None:
        """The catalog is made again."""
        self.life("catalog", "rebuild", codes=(0, 1))

    @rule(form=FORMS)
    def audit_a_copy(self, form: str) -> None:
        """A copy is read."""
        copy = self.life.copies[form]
        if not copy.exists():
            return
        report = self.life("audit", "--copy", str(copy), "--jobs", "1", codes=(0, 1))
        found = {bag["id"] for bag in report["bags"] if bag["outcome"] == "damaged"}
        for each in self.life.held:
            if each.on_copy.get(form) is DAMAGED:
                assert each.bag in found, self.life.told
                each.bad_copies.add(form)

    @rule(forms=st.sampled_from([["folder"], ["tar"], ["folder", "tar"]]))
    def repair(self, forms: list[str]) -> None:
        """What is known as damaged is repaired from the copies, as far as they have it."""
        lost = [each for each in self.life.held if each.is_known_as_lost]
        forms = [form for form in forms if self.life.copies[form].exists()]
        if not lost or not forms:
            return
        copies = (word for form in forms for word in ("--from", str(self.life.copies[form])))
        report = self.life("repair", *copies, codes=(0, 1, 3, 4))
        # Copies that archive.toml names are looked at, too.
        named = {place.path for place in self.life.made.opened.settings.copies}
        at_hand = {*forms, *(form for form, copy in self.life.copies.items() if str(copy) in named)}
        for document in lost:
            if any(
                document.on_copy.get(form) is INTACT and document.copied[form] == document.title
                for form in at_hand
            ):
                document.truth = document.known = INTACT
        mended = sum(each.truth is INTACT for each in lost)
        assert report["counts"]["repaired"] <= len(lost)
        assert mended <= report["counts"]["repaired"] + report["counts"].get("intact", 0), self.life.told

    # -- what has to be so ---------------------------------------------------------------------------------

    @invariant()
    def every_command_says_what_is_so(self) -> None:
        """Of the bytes, and of what is known of them."""
        life, held = self.life, self.life.held
        listed = {row["id"]: row for row in life("list")["documents"]}
        assert listed.keys() == {each.bag for each in held}, life.told
        for each in held:  # of a bag that is gone nobody can tell the title once the index is gone, too
            assert each.truth is MISSING or listed[each.bag]["title"] == each.title, life.told
        lost = {each.bag for each in held if each.is_known_as_lost}
        status = life("status")
        assert (status["counts"]["documents"], status["counts"]["damaged"]) == (len(held), len(lost)), (
            life.told
        )
        known = {each.bag: each.known and each.known.value for each in held}
        assert {bag: row["last_outcome"] for bag, row in listed.items()} == known, life.told
        incidents = life("incidents")["incidents"]
        opened = {each["document"] for each in incidents if each["state"] == "open"}
        assert opened - {None} == lost, life.told  # of the archive itself: withdrawn bytes that are gone
        coverage = life("coverage")
        assert {bag["id"] for bag in coverage["bags"] if bag["damaged_since"]} == lost, life.told
        claimed = {bag["id"] for bag in coverage["bags"] if bag["claimed"] and not bag["damaged_since"]}
        assert claimed == {each.bag for each in held if each.known is INTACT}, life.told
        assert coverage["counts"]["overdue"] == status["counts"]["overdue"], life.told
        self._good_copies_are_told_alike(status)
        if (
            all(each.truth is INTACT for each in life.documents)
            and (life.made.root / "catalog.sqlite").exists()
        ):
            assert life("catalog", "verify")["findings"] == [], life.told
        if held:
            adverse = dict(life.outcomes())
            amiss = adverse or self._withdrawn_amiss()
            audit = life("audit", "--read-only", "--jobs", "1", codes=(1 if amiss else 0,))
            assert {bag["id"]: bag["outcome"] for bag in audit["bags"]} == adverse, life.told
            assert audit["counts"]["overdue"] == status["counts"]["overdue"], life.told

    def _withdrawn_amiss(self) -> bool:
        """An audit of everything looks at what was withdrawn, too, until that is disposed of."""
        return any(each.state == "withdrawn" and each.truth is not INTACT for each in self.life.documents)

    def _good_copies_are_told_alike(self, status: Any) -> None:
        few = sum(each["documents"] for each in status["copies"] if each["good"] < 2)
        assert len(self.life("list", "--copies-below", "2")["documents"]) == few, self.life.told
        report = self.life("report", "--no-formats")
        told = {each["copies"]: each["documents"] for each in report["copies"]["good"]}
        assert told == {each["good"]: each["documents"] for each in status["copies"]}, self.life.told
        lost = sum(each.is_known_as_lost for each in self.life.held)
        assert report["damage"]["open"] == lost, self.life.told


def lives(count: int, steps: int) -> settings:
    """So many lives of so many steps."""
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # to shrink a life takes minutes, and its story is told
        suppress_health_check=list(HealthCheck),
    )
