"""An archive whose commands are killed at any call: given again they do what they should have done.

As tests/property/test_life_of_an_archive.py, with kills among what happens; after each, and after the command
was given again, everything has to be as the model says.
"""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.killed import KILLED, run_killed
from tests.property.lived_archive import FORMS, INTACT, WHICH, Archive, lives

CALLS = st.integers(0, 150)


class KilledArchive(Archive):
    """An archive on a machine that loses its power."""

    def _kill(self, at: int, *words: str) -> int:
        code = run_killed(["-C", str(self.life.made.root), *words], at)
        self.life.told.append(f"{' '.join(words)} killed at {at} → {code}")
        return code

    @rule(at=CALLS)
    def kill_an_ingest(self, at: int) -> None:
        """It takes the document in once, however often it is given."""
        self._count += 1
        name = f"{self._count}.txt"
        source = self.life.bring(name)
        assert self._kill(at, "ingest", str(source), *self.life.PLAINLY) in {0, KILLED}
        self.life.ingest(name)

    @rule(at=CALLS, which=WHICH, number=st.integers(100, 199))
    def kill_a_description(self, at: int, which: int, number: int) -> None:
        """The document has the old description or the new one, and after the command the new one."""
        document = self._one(which)
        if document is None or document.truth is not INTACT:
            return
        title = f"dc.title=Title {number}"
        assert self._kill(at, "describe", document.bag, "--set", title) in {0, KILLED}
        (row,) = [row for row in self.life("list")["documents"] if row["id"] == document.bag]
        assert row["title"] in {document.title, f"Title {number}"}, self.life.told
        self.life("describe", document.bag, "--set", title)
        document.title = f"Title {number}"

    @rule(at=CALLS, which=WHICH)
    def kill_a_withdrawal(self, at: int, which: int) -> None:
        """The document is withdrawn once."""
        document = self._one(which)
        if document is None:
            return
        words = ("withdraw", document.bag, "--reason", "asked back")
        self._kill(at, *words)
        self.life(*words)
        document.state = "withdrawn"

    @rule(at=CALLS, which=WHICH)
    def kill_a_disposal(self, at: int, which: int) -> None:
        """The document is destroyed once."""
        document = self._one(which, "withdrawn")
        if document is None:
            return
        words = ("dispose", document.bag, "--authority", "schedule 7", "--yes")
        self._kill(at, *words)
        self.life(*words)
        document.state = "disposed"

    @rule(at=st.integers(0, 400), form=FORMS)
    def kill_a_copy(self, at: int, form: str) -> None:
        """The copy is brought up to date by the next."""
        self._kill(at, "copy", "--to", str(self.life.copies[form]), "--as", form, "--jobs", "1")
        self.copy(form)

    @rule(at=CALLS, form=FORMS)
    def kill_a_repair(self, at: int, form: str) -> None:
        """The next one repairs what it can."""
        if self.life.copies[form].exists() and any(each.is_known_as_lost for each in self.life.held):
            self._kill(at, "repair", "--from", str(self.life.copies[form]), "--yes")
            self.audit()
            self.repair([form])

    @rule(at=CALLS)
    def kill_an_audit(self, at: int) -> None:
        """It is recorded whole, or nothing of it is."""
        if not self.life.held:
            return
        before = self._last_outcomes()
        self._kill(at, "audit", "--jobs", "1")
        after = self._last_outcomes()
        truth = {each.bag: each.truth.value for each in self.life.held}
        assert after in (before, truth), self.life.told
        if after != before:
            for each in self.life.held:
                each.known = each.truth

    def _last_outcomes(self) -> dict[str, str | None]:
        return {row["id"]: row["last_outcome"] for row in self.life("list")["documents"]}

    @rule(at=CALLS)
    def kill_a_rebuild(self, at: int) -> None:
        """The catalog is made by the next."""
        self._kill(at, "catalog", "rebuild")
        self.rebuild()

    @rule(at=CALLS)
    def kill_a_rotation(self, at: int) -> None:
        """A key signs, the old one or a new one."""
        self._kill(at, "key", "rotate")
        self.rotate()

    @precondition(lambda self: all(each.truth is INTACT for each in self.life.documents))
    @rule(at=st.integers(0, 400), form=FORMS)
    def kill_a_restore(self, at: int, form: str) -> None:
        """What a restore began the next one ends."""
        self.lose_the_disk(form, killed_at=at)


def test_a_short_life_with_kills() -> None:
    run_state_machine_as_test(KilledArchive, settings=lives(3, 8))


@pytest.mark.slow
def test_long_lives_with_kills() -> None:
    run_state_machine_as_test(KilledArchive, settings=lives(60, 25))
