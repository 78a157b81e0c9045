"""`archive profile`: what an institution asks of its descriptions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.columns import cut, padded, room, width
from archive.cli.context import ENVIRONMENT, Context, pass_context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import GivenPath
from archive.core.errors import ConfigurationError
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.core.description_profile import DescriptionProfile
    from archive.core.findings import Finding


@click.group(
    epilog="Examples: archive profile list · archive profile show dacs-minimum"
    " · archive profile compile house-rules.csv --to profiles/house.json"
)
def profile() -> None:
    """What descriptions are held against: the least of DACS or ISAD(G), or rules of your own.

    Your own stand in the folder `profiles` of the archive, as a JSON Schema or as a DC TAP table in CSV;
    which one is in force says archive.toml: [description] profile = "NAME". --profile NAME asks for another.
    """


@profile.command("list", short_help="Name every profile.", epilog="Example: archive profile list")
@pass_context
def list_profiles(context: Context) -> None:
    """Name every profile: ours, those of the archive, and which one is in force."""
    from archive.services.description_profiles import all_profiles

    root, in_force = _archive(context)
    found = list(all_profiles(root))
    if context.json:
        rows = [_row(name, known, in_force=name == in_force) for name, known in found]
        emit_json({"kind": "profile-list", "version": 1, "profiles": rows, "findings": []})
        return
    names = max(width(name) for name, _ in found)
    for name, known in found:
        mark = styled("  (in force)", "green") if name == in_force else ""
        if isinstance(known, ConfigurationError):
            say(f"{padded(name, names)}  {styled('cannot be used', 'red')}: {printable(known.message)}")
        else:
            say(f"{styled(padded(name, names), 'bold')}  {cut(known.title, room(names + 14))}{mark}")
    if not context.quiet:
        if in_force is None:
            tell('None is in force. In archive.toml: [description] profile = "NAME"')
        next_step("archive profile show dacs-minimum")


@profile.command("show", epilog="Example: archive profile show dacs-minimum")
@click.argument("name", metavar="NAME")
@pass_context
def show_profile(context: Context, name: str) -> None:
    """Say what a profile asks for; NAME is one of `archive profile list`, or a file."""
    from archive.services.description_profiles import find_profile

    root, in_force = _archive(context)
    known = find_profile(name, root)
    if context.json:
        emit_json(_report(known, ()))
        return
    _say_profile(known)
    if not context.quiet:
        shown = shell_word(name)
        next_step(
            f"archive list --incomplete --profile {shown}"
            if root is not None and name != in_force
            else f"archive ingest FOLDER --profile {shown} --dry-run"
        )


@profile.command(
    "compile", epilog="Example: archive profile compile house-rules.csv --to profiles/house.json"
)
@click.argument("table", metavar="FILE.csv", type=GivenPath(path_type=Path))
@click.option(
    "--to",
    metavar="FILE.json",
    type=GivenPath(path_type=Path),
    help="Write the JSON Schema to a new file; else it is only shown what the table asks for.",
)
@pass_context
def compile_profile(context: Context, table: Path, to: Path | None) -> None:
    """Compile a DC TAP table to the JSON Schema that says the same, and say how each list was read.

    Nothing is left out in silence: what cannot be said of one description is refused by row and column.
    """
    from archive.services.description_profiles import compile_table, write_schema

    known, findings = compile_table(table)
    if to is not None:
        write_schema(known, to)
    if context.json:
        emit_json(_report(known, findings, written=to))
        return
    print_findings(findings, to_stderr=True)
    _say_profile(known)
    if not context.quiet:
        if to is None:
            next_step(f"archive profile compile {shell_word(str(table))} --to profiles/{known.name}.json")
        else:
            next_step(f"archive profile show {shell_word(str(to))}")


def _archive(context: Context) -> tuple[Path | None, str | None]:
    """The archive's root and the name of the profile in force; neither where there is no archive here."""
    import os

    named = context.archive_name or os.environ.get(ENVIRONMENT)
    try:
        archive = context.open()
    except ConfigurationError:
        if named:
            raise
        return None, None
    return archive.root, archive.settings.description.profile or None


def _row(name: str, known: "DescriptionProfile | ConfigurationError", *, in_force: bool) -> dict[str, Any]:
    usable = not isinstance(known, ConfigurationError)
    return {
        "name": lossless(name),
        "title": lossless(known.title) if not isinstance(known, ConfigurationError) else None,
        "place": lossless(known.place) if not isinstance(known, ConfigurationError) else None,
        "in_force": in_force,
        "usable": usable,
        "why_not": None if not isinstance(known, ConfigurationError) else lossless(known.message),
    }


def _report(
    known: "DescriptionProfile", findings: "tuple[Finding, ...]", *, written: Path | None = None
) -> dict[str, Any]:
    return {
        "kind": "profile-report",
        "version": 1,
        "name": known.name,
        "title": lossless(known.title),
        "text": lossless(known.text),
        "place": lossless(known.place),
        "written": lossless(str(written)) if written is not None else None,
        "required": [list(map(lossless, each.fields)) for each in known.required],
        "recommended": [list(map(lossless, each.fields)) for each in known.recommended],
        "inherits": sorted(known.inherits),
        "schema": dict(known.schema),
        "findings": [finding.to_json() for finding in findings],
    }


def _say_profile(known: "DescriptionProfile") -> None:
    from archive.core.description_profile import field_name

    say(styled(printable(known.title), "bold") + f"  ({printable(known.name)})")
    if known.text:
        say(printable(known.text))
    for heading, requirements in (("must have", known.required), ("should have", known.recommended)):
        if requirements:
            say()
            say(f"{heading} ({plural(len(requirements), 'field')})")
            for requirement in requirements:
                say(f"  {printable(str(requirement))}")
    narrowed = sorted(set(known.schema.get("properties", ())) - {"other"})
    if narrowed:
        say()
        say("says what values are like: " + printable(", ".join(map(field_name, narrowed))))
    if known.inherits:
        say()
        say("taken from what it is part of: " + printable(", ".join(map(field_name, sorted(known.inherits)))))
