"""`archive help`: a word, a finding or an exit code, explained."""

import difflib
from typing import Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, say, styled
from archive.core.errors import ConfigurationError
from archive.core.exit_codes import EXIT_CODES
from archive.core.finding_codes import FINDING_CODES, GROUPS
from archive.core.glossary import explain, words
from archive.core.limits.terminal import SUGGESTIONS
from archive.core.text import lossless, printable

_CUTOFF = 0.6
_WIDTH = 78
_NO_BREAK = "\xa0"


@click.command(epilog="Examples: archive help bag · archive help FIX-ALTERED · archive help 5")
@click.argument("asked", metavar="[WORD]", nargs=-1)
@pass_context
def help_command(context: Context, asked: tuple[str, ...]) -> int:
    """Explain a WORD of the glossary, a finding's code, or an exit code.

    Without WORD: everything that can be asked for. For a command: `archive COMMAND --help`.
    """
    wanted = " ".join(" ".join(asked).split())
    if not wanted:
        _overview(context)
        return 0
    entry = _explanation(wanted)
    near = [] if entry else _near(wanted)
    if context.json:
        emit_json(_document(wanted, [entry] if entry else [], near))
    elif entry:
        _print(entry)
    else:
        hint = f"did you mean {', '.join(f'“{word}”' for word in near)}?" if near else None
        raise ConfigurationError(
            f"“{wanted}” is not explained here", remedy=hint or "archive help lists what is"
        )
    return 0 if entry else ConfigurationError.exit_code


def _explanation(wanted: str) -> dict[str, Any] | None:
    code = wanted.upper()
    if code in FINDING_CODES:
        return _finding(code)
    number = next((known for known in EXIT_CODES if str(known) == wanted), None)
    if number is not None:
        return _exit_code(number)
    meaning = explain(wanted)
    return _word(wanted, meaning) if meaning is not None else _command(wanted)


def _word(word: str, meaning: str) -> dict[str, Any]:
    command = _command(word)
    return {
        "kind": "word",
        "name": word,
        "meaning": meaning,
        "remedy": command["remedy"] if command else None,
    }


def _finding(code: str) -> dict[str, Any]:
    severity, meaning, remedy = FINDING_CODES[code]
    return {
        "kind": "finding",
        "name": code,
        "severity": severity.value,
        "meaning": meaning,
        "remedy": remedy,
    }


def _exit_code(number: int) -> dict[str, Any]:
    known = EXIT_CODES[number]
    return {"kind": "exit-code", "name": str(number), "meaning": known.meaning, "remedy": known.remedy}


def _command(wanted: str) -> dict[str, Any] | None:
    from archive.cli.frame import COMMANDS

    for commands in COMMANDS.values():
        if wanted.lower() in commands:
            name = wanted.lower()
            return {
                "kind": "command",
                "name": name,
                "meaning": commands[name][2],
                "remedy": f"archive {name} --help says how it is used.",
            }
    return None


def _near(wanted: str) -> list[str]:
    from archive.cli.frame import COMMANDS

    known = {
        name.casefold(): name
        for name in (*FINDING_CODES, *(name for group in COMMANDS.values() for name in group), *words())
    }
    folded = wanted.casefold()
    close = difflib.get_close_matches(folded[:80], known, n=SUGGESTIONS, cutoff=_CUTOFF)
    if len(folded) > 2:
        close += [form for form in known if folded in form]
    return [known[form] for form in dict.fromkeys(close)][:SUGGESTIONS]


def _document(asked: str | None, entries: list[dict[str, Any]], near: list[str]) -> dict[str, Any]:
    return {
        "kind": "explanation",
        "version": 1,
        "asked": lossless(asked) if asked is not None else None,
        "entries": entries,
        "near": near,
    }


def _print(entry: dict[str, Any]) -> None:
    match entry["kind"]:
        case "finding":
            say(f"{styled(entry['name'], 'bold')} ({entry['severity']})")
        case "exit-code":
            say(styled(f"Exit code {entry['name']}", "bold"))
        case _:
            say(styled(printable(entry["name"]), "bold"))
    for line in _wrapped(entry["meaning"]):
        say(line)
    if entry["remedy"]:
        for line in _wrapped(f"→ {entry['remedy']}"):
            say(line)


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _overview(context: Context) -> None:
    known = words()
    if context.json:
        entries = [_word(word, explain(word) or "") for word in known]
        entries += [_exit_code(number) for number in EXIT_CODES]
        entries += [_finding(code) for code in FINDING_CODES]
        emit_json(_document(None, entries, []))
        return
    _list("Words", sorted(known, key=str.casefold))
    _list("Exit codes", [str(number) for number in EXIT_CODES])
    for heading, codes in GROUPS.items():
        if context.verbosity > 0:
            _list(heading, list(codes))
    if not context.verbosity > 0:
        _list("Findings (-v names them)", sorted({code.partition("-")[0] for code in FINDING_CODES}))
    if not context.quiet:
        next_step("archive help WORD, such as archive help bag, archive help 5")


def _list(heading: str, names: list[str]) -> None:
    say(styled(heading, "bold"))
    tied = (name.replace(" ", _NO_BREAK) for name in names)
    for line in _wrapped(", ".join(tied)):
        say(line.replace(_NO_BREAK, " "))
    say()
