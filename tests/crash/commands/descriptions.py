"""Commands that write tables, pages and copies for use: nothing of the archive changes."""

import hashlib
from dataclasses import replace
from pathlib import Path

from tests.crash.commands.evidence import output
from tests.crash.outputs import Output, ends_with, is_page, is_zip
from tests.crash.scenes import Scene

_ROWS_WITHOUT_FILES = frozenset({1})  # of a folder that is refused, which is said


def template(scene: Scene) -> Output:
    """A table to fill in."""
    return output(scene, "todo.csv", ("template", "{}/sources", "--output", "{}/todo.csv"))


def exported(scene: Scene) -> Output:
    """A copy for use in a zip."""
    return output(scene, "out.zip", ("export", "--all", "--to", "{}/out.zip"), is_zip)


def exported_folder(scene: Scene) -> Output:
    """A copy for use in a folder."""
    return output(scene, "out", ("export", "--all", "--to", "{}/out"), is_export)


def is_export(folder: Path) -> bool:
    """A folder with every file that its manifest lists, each of that digest, and the page for people."""
    lines = (folder / "manifest-sha512.txt").read_text().splitlines()
    listed = [line.split("  ", 1) for line in lines]
    return is_page(folder / "about.html") and all(
        hashlib.sha512((folder / path).read_bytes()).hexdigest() == digest for digest, path in listed
    )


def annotated(scene: Scene, folder: Path) -> Output:
    """A table given back with what is wrong in it."""
    scene = _with_table(scene, folder / "annotated")
    arguments = ("check", "{}/sources", "--metadata", "{}/table.csv", "--annotate", "{}/annotated.ods")
    return replace(output(scene, "annotated.ods", arguments, is_zip), left=_ROWS_WITHOUT_FILES)


def fixed(scene: Scene, folder: Path) -> Output:
    """A table with its certain mistakes put right."""
    scene = _with_table(scene, folder / "fixed")
    arguments = ("check", "{}/sources", "--metadata", "{}/table.csv", "--fix", "{}/fixed.csv")
    return replace(output(scene, "fixed.csv", arguments, ends_with(b"1918-05-12")), left=_ROWS_WITHOUT_FILES)


def surveyed(scene: Scene) -> Output:
    """What is offered, on a page."""
    return output(scene, "survey.html", ("check", "{}/sources", "--report", "{}/survey.html"), is_page)


def _with_table(scene: Scene, folder: Path) -> Scene:
    """The scene with a description that can be put right with certainty."""
    scene = scene.copy(folder)
    for sidecar in scene.sources.glob("*.dc.json"):
        sidecar.unlink()
    names = sorted(path.name for path in scene.sources.iterdir())
    rows = "".join(f"{name},About {name},1918-5-12\n" for name in names)
    (scene.folder / "table.csv").write_text(f"filename,title,date\n{rows}")
    return scene


def compiled_profile(scene: Scene, folder: Path) -> Output:
    """A profile compiled from a table."""
    scene = scene.copy(folder / "profile")
    table = scene.folder / "profile.csv"
    table.write_text("propertyID,mandatory,repeatable\ndc:title,true,false\n")
    return output(scene, "profile.json", ("profile", "compile", "{}/profile.csv", "--to", "{}/profile.json"))
