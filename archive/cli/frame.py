"""The frame of the command line: groups the commands, opens nothing early, gives every end an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import click

from archive import __version__
from archive.cli.context import Context
from archive.cli.output import (
    DocumentCutShortError,
    NobodyReadsError,
    emit_json,
    prepare_streams,
    report_error,
    tell,
)
from archive.cli.parameters import GivenPath
from archive.cli.termination import Terminated
from archive.core.errors import ConfigurationError, StorageError
from archive.core.text import lossless, printable

OUR_BUG = 70
INTERRUPTED = 130
TERMINATED = 143

# command -> (module below archive.cli, attribute, one line of help); imported when it is called.
COMMANDS: dict[str, dict[str, tuple[str, str, str]]] = {
    "Every day": {
        "init": ("init", "init", "Make a new archive."),
        "template": (
            "descriptions.template",
            "template",
            "Make a spreadsheet of descriptions to be filled in.",
        ),
        "check": ("descriptions.check", "check", "Say what is wrong before an ingest; writes nothing."),
        "ingest": ("ingest", "ingest", "Take documents in: one bag per document."),
        "list": ("holdings.listing", "list_command", "List what is held."),
        "show": ("holdings.show", "show", "Show one document with all that is known of it."),
        "describe": ("descriptions.describe", "describe", "Give held documents new descriptions."),
        "search": ("holdings.search", "search", "Search descriptions."),
        "open": ("holdings.search", "open_command", "Give a verified read-only copy of a document."),
        "export": (
            "holdings.export",
            "export",
            "Copy documents for use, with a page of description and rights.",
        ),
        "receipt": ("evidence.receipt", "receipt", "Give a donor a receipt with proofs in it."),
        "copy": ("upkeep.copy", "copy", "Bring a second copy on another disk up to date."),
        "status": ("holdings.status", "status", "One screen: what is held, due and to do."),
    },
    "For auditors": {
        "audit": ("audits.audit", "audit", "Verify held bags from their bytes, against the ledger."),
        "incidents": ("audits.incidents", "incidents", "List known damage, and take note of it."),
        "coverage": ("audits.coverage", "coverage", "Say what was checked when, claimed and attested."),
        "report": ("audits.report", "report", "Report on a year: held, promised, done, damaged, changed."),
        "assess": ("audits.assess", "assess", "Fill in the NDSA Levels from evidence."),
        "history": ("audits.history", "history", "Tell what happened, to the archive or to one document."),
        "verify": ("audits.verify", "verify", "Judge any BagIt bag, ours or not."),
        "ledger": ("evidence.ledger", "ledger", "Verify and read the evidence."),
    },
    "Upkeep": {
        "repair": ("upkeep.repair", "repair", "Put good bytes in the place of damaged ones."),
        "tidy": ("upkeep.tidy", "tidy", "Set aside what desktop programs left behind."),
        "restore": ("upkeep.restore", "restore", "Make a lost archive anew from its copies."),
        "withdraw": ("upkeep.withdrawal", "withdraw", "Take documents out of what is held."),
        "dispose": ("upkeep.withdrawal", "dispose", "Destroy withdrawn documents on somebody's authority."),
        "profile": ("descriptions.profiles", "profile", "Say what descriptions are held against."),
        "bag": ("bagging.bag", "bag", "Make a bag of a plain folder, or mend a bag; needs no archive."),
        "schedule": ("upkeep.schedule", "schedule", "Print ready lines for cron, systemd or launchd."),
        "key": ("evidence.keys", "key", "Show, keep, put back or change the signing key."),
        "catalog": ("holdings.catalog", "catalog", "Export, rebuild or verify the catalog manifest."),
        "help": ("words", "help_command", "Explain a word, a finding or an exit code."),
    },
}
_FLAT = {name: target for group in COMMANDS.values() for name, target in group.items()}


class LazyGroup(click.Group):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, in the order of the groups."""
        return list(_FLAT)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, with the global options accepted behind its name too."""
        target = _FLAT.get(cmd_name)
        if target is None:
            return None
        module, attribute, _ = target
        command: click.Command = getattr(import_module(f"archive.cli.{module}"), attribute)
        _accept_global_options(command)
        _let_passphrases_be_asked()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a mistyped command is answered with the nearest one."""
        name = args[0]
        if name not in _FLAT and not name.startswith("-"):
            import difflib  # 9 ms

            near = difflib.get_close_matches(name, _FLAT, n=1, cutoff=0.5)
            hint = f" Did you mean “{near[0]}”?" if near else " `archive --help` lists the commands."
            raise click.UsageError(f"There is no command “{name}”.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but a reader who leaves is no finding: click would end with exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as trouble:
            raise NobodyReadsError from trouble

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """The same for what is printed before any command: help and version."""
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError as trouble:
            raise NobodyReadsError from trouble

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands under the headings of the people who use them."""
        for heading, commands in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, _, line) in commands.items()])


def _set(name: str) -> Any:
    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ARG001
        if value is not None and value != 0:
            setattr(ctx.ensure_object(Context), name, value)

    return callback


def _take_passphrase_file(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ARG001
    if value is not None:
        from archive.storage.keys.passphrases import COMMAND_LINE

        COMMAND_LINE.file = value
        ctx.call_on_close(_forget_passphrase_file)


def _forget_passphrase_file() -> None:
    from archive.storage.keys.passphrases import COMMAND_LINE

    COMMAND_LINE.file = None


def _let_passphrases_be_asked() -> None:
    """A key that is encrypted is opened by whoever sits at the terminal, where somebody does."""
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        from archive.cli.evidence.passphrases import ask_passphrase
        from archive.storage.keys.passphrases import COMMAND_LINE

        COMMAND_LINE.ask = ask_passphrase


def _global_options() -> list[click.Parameter]:
    verbosity = {"expose_value": False, "callback": _set("verbosity"), "default": None, "type": int}
    return [
        click.Option(
            ["-C", "archive_path"],
            metavar="DIR",
            type=GivenPath(readable=False),
            expose_value=False,
            callback=_set("archive_name"),
            help="The archive; else $ARCHIVE_DIR, else the nearest folder upward.",
        ),
        click.Option(
            ["--format", "output_format"],
            type=click.Choice(["text", "json"]),
            expose_value=False,
            callback=_set("format"),
            help="Text for people, or one JSON document.",
        ),
        click.Option(
            ["--passphrase-file"],
            metavar="FILE",
            type=GivenPath(dir_okay=False),
            expose_value=False,
            callback=_take_passphrase_file,
            help="Its first line opens the signing key; else $ARCHIVE_KEY_PASSPHRASE.",
        ),
        click.Option(["-v", "--verbose"], flag_value=1, is_flag=True, help="Say more.", **verbosity),
        click.Option(
            ["-q", "--quiet"], flag_value=-1, is_flag=True, help="Results and errors only.", **verbosity
        ),
    ]


def _take_places_once(command: click.Command) -> None:
    """Has a second value refused of every option that names one place: the first would be passed over.

    Of the global options the last counts, as an alias has one and a call another.
    """
    for option in command.params:
        if not isinstance(option, click.Option) or not isinstance(option.type, GivenPath):
            continue
        if option.expose_value and not option.multiple:
            _take_once(option)


def _take_once(option: click.Option) -> None:
    taken = option.callback

    def once(ctx: click.Context, param: click.Parameter, values: tuple[Any, ...]) -> Any:
        if len(values) > 1:
            raise click.BadParameter("is given more than once; give the command once for each", ctx, param)
        value = values[0] if values else None
        return value if taken is None else taken(ctx, param, value)

    option.multiple = True
    option.callback = once


def _accept_global_options(command: click.Command) -> None:
    if getattr(command, "takes_global_options", False):
        return
    taken = {option for parameter in command.params for option in parameter.opts}
    for option in _global_options():
        if not taken.intersection(option.opts):
            option.hidden = True  # type: ignore[attr-defined]
            command.params.append(option)
    _take_places_once(command)
    command.takes_global_options = True  # type: ignore[attr-defined]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _accept_global_options(inner)
    if (default := getattr(command, "default", None)) is not None:
        _accept_global_options(default)


@click.group(
    cls=LazyGroup,
    params=_global_options(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: archive init ~/my-archive && archive -C ~/my-archive ingest letters/",
)
@click.version_option(__version__, prog_name="archive", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep documents so that anyone can check, years later, that nothing was altered, lost or slipped in."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; the only catch-all of the package."""
    prepare_streams()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    context = Context()
    as_json = _wants_json(arguments)
    try:
        code = cli.main(arguments, prog_name="archive", standalone_mode=False, obj=context)
        sys.stdout.flush()
    except SystemExit:  # shell completion ends so
        raise
    except BaseException as trouble:  # noqa: BLE001
        return _ended_by(trouble, as_json=as_json)
    return code if isinstance(code, int) else 0


def _ended_by(trouble: BaseException, *, as_json: bool) -> int:
    """What `_exit_code_of` returns; 3 where no answer can be written, which is said beside it."""
    lost = _why_answer_is_lost()
    if lost is None:
        try:
            code = _exit_code_of(trouble, as_json=as_json)
        except OSError as refused:  # the document that says what went wrong is the answer too
            code, lost = StorageError.exit_code, refused.strerror
        lost = lost or _why_answer_is_lost()
        if lost is None:
            return code
    elif isinstance(trouble, OSError | DocumentCutShortError):
        code = StorageError.exit_code
    else:
        code = _exit_code_of(trouble, as_json=False)
    _silence_stdout()
    tell(f"Error: standard output cannot be written: {lost}")
    tell("  → what the command did is done; only its answer is lost")
    return code


def _why_answer_is_lost() -> str | None:
    """Why standard output takes nothing, None where it does; a pipe that nobody reads is no trouble."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return None
    except OSError as trouble:
        return trouble.strerror
    return None


def _exit_code_of(trouble: BaseException, *, as_json: bool) -> int:
    """Says what ended the command, in words or as the one JSON document, and returns its exit code."""
    if isinstance(trouble, DocumentCutShortError) and trouble.__cause__ is not None:
        return _exit_code_of(trouble.__cause__, as_json=False)  # the document is out, and says so
    if isinstance(trouble, click.exceptions.Exit):
        return trouble.exit_code
    if isinstance(trouble, KeyboardInterrupt | click.exceptions.Abort):
        return _ended(INTERRUPTED, "interrupted", as_json=as_json)
    if isinstance(trouble, Terminated):
        return _ended(TERMINATED, "terminated", as_json=as_json)
    if isinstance(trouble, BrokenPipeError | NobodyReadsError):
        _silence_stdout()
        return StorageError.exit_code
    if isinstance(trouble, click.UsageError) and not as_json:
        lines = trouble.format_message().expandtabs().split("\n")
        click.UsageError("\n".join(map(printable, lines)), trouble.ctx).show()
        return ConfigurationError.exit_code
    from archive.cli.known_errors import as_ours

    known = as_ours(trouble)
    if known is None:
        return _our_bug(trouble, as_json=as_json)
    report_error(known, as_json=as_json)
    return known.exit_code


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _ended(code: int, word: str, *, as_json: bool) -> int:
    if as_json:
        _emit_error(code, word)
    tell(f"\n{word}; the same command takes it up again")
    return code


def _emit_error(code: int, message: str) -> None:
    document = {"kind": "error", "version": 1, "exit_code": code, "message": lossless(message)}
    emit_json({**document, "findings": []})


def _silence_stdout() -> None:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _our_bug(trouble: BaseException, *, as_json: bool) -> int:
    import traceback

    last = traceback.extract_tb(trouble.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    message = f"a defect of this program: {type(trouble).__name__} {trouble} ({place})"
    if as_json:
        _emit_error(OUR_BUG, message)
    tell(printable(message))
    if os.environ.get("ARCHIVE_DEBUG"):
        traceback.print_exception(trouble)
    else:
        tell("  → please report it; ARCHIVE_DEBUG=1 shows the details")
    return OUR_BUG
