"""Commands that write tables, pages and copies for use: nothing of the archive changes."""

from tests.crash.commands.evidence import output
from tests.crash.outputs import Output, is_zip
from tests.crash.scenes import Scene


def template(scene: Scene) -> Output:
    """A table to fill in."""
    return output(scene, "todo.csv", ("template", "{}/sources", "--output", "{}/todo.csv"))


def exported(scene: Scene) -> Output:
    """A copy for use in a zip."""
    return output(scene, "out.zip", ("export", "--all", "--to", "{}/out.zip"), is_zip)


def compiled_profile(scene: Scene) -> Output:
    """A profile compiled from a table."""
    table = scene.folder / "profile.csv"
    table.write_text("propertyID,mandatory,repeatable\ndc:title,true,false\n")
    return output(scene, "profile.json", ("profile", "compile", "{}/profile.csv", "--to", "{}/profile.json"))
