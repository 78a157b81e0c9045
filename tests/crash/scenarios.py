"""Commands that change an archive: afterwards it is the old one or the new one, and a rerun completes it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.crash.checks import EXIT_OF, debris, held, loose, require_no_harm, titles, wrong
from tests.crash.scenes import Ended, Scene
from tests.crash.trials import Trial


@dataclass(frozen=True, kw_only=True)
class Scenario(Trial):
    """A command over an archive that held `prior` documents, and what is held once it has run.

    `expected` are the sources then held, `done` further codes with which the command may answer when it is
    given again after it had finished, `outcome` what every audit finds, `shown` whether the archive shows
    what the command did to it where that is not in the holdings.
    """

    expected: tuple[str, ...] = ("first.txt",)
    done: frozenset[int] = frozenset()
    prior: int = 1
    titles: tuple[tuple[str, ...], tuple[str, ...]] | None = None  # those listed before it and after it
    told: frozenset[str] = frozenset()  # codes of findings that the command gives rise to
    outcome: str = "intact"
    shown: Callable[[Scene], bool] | None = None

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """An audit before and after the rerun, the catalog, the holdings, and nothing left behind."""
        if self.titles is not None:
            (between,) = scene.run(["list"], before=self.before)
            assert titles(between.report) in self.titles, "a third state"
        was_shown = self.shown is None or self.shown(scene)
        looked, again, finished, audited, verified, listed = scene.run(
            ["audit", "--read-only"],
            self.command(scene),
            ["status"],
            ["audit"],
            ["catalog", "verify"],
            ["list"],
            before=self.before,
        )
        if self.prior or ended.code == self.code:
            require_no_harm(looked, self.prior, self.told, self.outcome)
        if ended.code == self.code:
            assert looked.report["scope"]["held"] == len(self.expected), "acknowledged and lost"
            assert was_shown, "acknowledged and lost"
        assert again.code in {self.code, *self.done}, f"the same command again: {again}"
        assert self.shown is None or self.shown(scene), "the same command again did nothing"
        assert finished.report["unfinished"] == [], "the same command again left it unfinished"
        assert audited.code == EXIT_OF[self.outcome], f"audit after it: {audited}"
        assert audited.report["outcome"] == self.outcome
        assert audited.report["recorded"]
        found = wrong(audited, self.told)
        assert found == [], f"audit after it: {found}"
        assert verified.code == 0, f"catalog verify: {verified}"
        assert held(listed.report) == sorted(self.expected)
        if self.titles is not None:
            assert titles(listed.report) == self.titles[1]
        assert loose(scene) == [], "writable folders in a bag"
        left = debris(scene)
        assert left == [], f"left behind: {left}"
