"""Commands that write tables, pages and copies for use: nothing of the archive changes."""

import hashlib
from pathlib import Path

from tests.crash.commands.evidence import output
from tests.crash.outputs import Output, Whole, is_page, is_zip
from tests.crash.scenes import Scene


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


def annotated(scene: Scene) -> Output:
    """A table given back with its findings."""
    return checked(scene, "annotated.xlsx", "--annotate", is_zip)


def fixed(scene: Scene) -> Output:
    """A copy of a table with its certain corrections."""
    return checked(scene, "fixed.csv", "--fix")


def checked(scene: Scene, made: str, option: str, whole: Whole | None = None) -> Output:
    """A check of a table that lies beside the sources, and what it writes."""
    table = scene.folder / f"table-of-{made}.csv"
    names = sorted(path.name for path in scene.sources.iterdir() if not path.name.endswith(".json"))
    table.write_text("filename,title,date\n" + "".join(f"{name},A title,c. 1920\n" for name in names))
    words = ("check", "{}/sources", "--metadata", f"{{}}/{table.name}", "--jobs", "1")
    return output(scene, made, (*words, option, f"{{}}/{made}"), whole)


def compiled_profile(scene: Scene) -> Output:
    """A profile compiled from a table."""
    table = scene.folder / "profile.csv"
    table.write_text("propertyID,mandatory,repeatable\ndc:title,true,false\n")
    return output(scene, "profile.json", ("profile", "compile", "{}/profile.csv", "--to", "{}/profile.json"))
