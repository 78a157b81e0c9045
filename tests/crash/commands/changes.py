"""What is held, described anew, withdrawn and disposed of; what is promised of it."""

from datetime import UTC, datetime
from pathlib import Path

from tests.crash.scenarios import Scenario
from tests.crash.scenes import QUICK, Scene, make_scene


def reference(number: int) -> str:
    """The reference that the archive minted for its `number`-th document, this year."""
    return f"{datetime.now(UTC).year}-{number:06d}"


def two_held(folder: Path) -> Scene:
    """An archive that holds two documents, the first with a second description already, and a table."""
    scene = make_scene(folder / "two", {"a.txt": b"Dear Sir\n"})
    scene.made(
        ["ingest", str(scene.sources), *QUICK],
        ["describe", reference(1), "--set", "dc.title=Once", "--reason", "why not"],
    )
    rows = ("reference,dc.title", f"{reference(1)},New one", f"{reference(2)},New two", "")
    (scene.folder / "table.csv").write_text("\n".join(rows))
    return scene


BOTH = ("first.txt", "a.txt")


def one_description(scene: Scene) -> Scenario:
    """A new description of one document."""
    arguments = ("describe", reference(2), "--set", "dc.title=Read", "--reason", "read it", "--yes")
    titles = (("Once", "About a.txt"), ("Once", "Read"))
    return Scenario(scene=scene, arguments=arguments, expected=BOTH, prior=2, titles=titles)


def new_descriptions(scene: Scene) -> Scenario:
    """New descriptions of two documents, from a table, in one batch."""
    arguments = ("describe", "--metadata", "{}/table.csv", "--reason", "read them", "--yes")
    titles = (("Once", "About a.txt"), ("New one", "New two"))
    return Scenario(scene=scene, arguments=arguments, expected=BOTH, prior=2, titles=titles)


def withdrawal(scene: Scene) -> Scenario:
    """The withdrawal of one of two documents."""
    arguments = ("withdraw", reference(1), "--reason", "asked back", "--yes")
    return Scenario(scene=scene, arguments=arguments, expected=("a.txt",))


def disposal(scene: Scene, folder: Path) -> Scenario:
    """The disposal of a withdrawn document."""
    scene = scene.copy(folder / "withdrawn")
    scene.made(["withdraw", reference(1), "--reason", "asked back", "--yes"])
    arguments = ("dispose", reference(1), "--authority", "Board", "--yes")
    return Scenario(scene=scene, arguments=arguments, expected=("a.txt",))


def promise(scene: Scene) -> Scenario:
    """Intervals written into archive.toml, and the ledger told of it."""
    arguments = ("schedule", "--as", "cron", "--every", "copy=never", "--promise")

    def shown(scene: Scene) -> bool:
        return "[promises]" in (scene.root / "archive.toml").read_text()

    return Scenario(scene=scene, arguments=arguments, expected=BOTH, prior=2, shown=shown)
