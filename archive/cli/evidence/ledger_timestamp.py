"""`archive ledger timestamp`: trusted time over the checkpoint, from an authority outside."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import TSA_ROOT
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import GivenPath
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.evidence.timestamping import Stamped


@click.command(
    short_help="Have the checkpoint time-stamped by an authority.",
    epilog="Examples: archive ledger timestamp --tsa https://tsa.example.org/tsr --tsa-root ca.pem ·"
    " archive ledger timestamp --request-out today.tsq, then"
    " archive ledger timestamp --response today.tsr --request today.tsq",
)
@click.option("--tsa", metavar="URL", help="Ask this authority now; nothing else is sent anywhere.")
@click.option(
    "--request-out",
    metavar="FILE.tsq",
    type=GivenPath(path_type=Path),
    help="Only write the request, to be carried or mailed.",
)
@click.option(
    "--response",
    metavar="FILE.tsr",
    type=GivenPath(path_type=Path),
    help="Keep an answer that came by another way; needs --request.",
)
@click.option(
    "--request",
    metavar="FILE.tsq",
    type=GivenPath(path_type=Path),
    help="The request that it answers; else the file beside it that ends in .tsq.",
)
@TSA_ROOT
@pass_context
def timestamp(
    context: Context,
    tsa: str | None,
    request_out: Path | None,
    response: Path | None,
    request: Path | None,
    tsa_roots: tuple[Path, ...],
) -> None:
    """Have the present checkpoint time-stamped (RFC 3161) and keep request and answer as they are.

    Nobody, the archive's keeper included, can then change the entries below it and still show that stamp:
    `archive ledger verify --tsa-root FILE` verifies it years later by the authority's root certificate alone,
    and so does `openssl ts`. Needs no signing key. Of the checkpoint only a digest leaves this machine.
    """
    given = {"--tsa": tsa, "--request-out": request_out, "--response": response}
    chosen = [name for name, value in given.items() if value]
    if len(chosen) != 1:
        raise click.UsageError("give one of --tsa URL, --request-out FILE and --response FILE")
    if request is not None and response is None:
        raise click.UsageError("--request belongs to --response")
    from archive.services.evidence import timestamping

    archive = context.open()
    if request_out is not None:
        _say_request(context, request_out, timestamping.write_request(archive, request_out))
        return
    if response is not None:
        made = timestamping.accept(archive, request or response.with_suffix(".tsq"), response, tsa_roots)
    else:
        made = timestamping.stamp(archive, tsa or "", tsa_roots)
    _say_stamped(context, made, is_judged=bool(tsa_roots))


def _say_request(context: Context, file: Path, size: int) -> None:
    if context.json:
        emit_json({"kind": "ledger-timestamp", "version": 1, "size": size, "request": lossless(str(file))})
        return
    name = printable(str(file))
    say(f"{styled('✓', 'green')} {name}: asks for a time-stamp over {plural(size, 'entry', 'entries')}")
    if not context.quiet:
        answer = printable(str(file.with_suffix(".tsr")))
        next_step(
            f"let the authority answer it; archive ledger timestamp --response {answer} --request {name}"
        )


def _say_stamped(context: Context, made: "Stamped", *, is_judged: bool) -> None:
    if context.json:
        emit_json(
            {
                "kind": "ledger-timestamp",
                "version": 1,
                "size": made.size,
                "time": made.time,
                "by": made.by,
                "place": made.place,
                "judged": is_judged,
            }
        )
        return
    entries = plural(made.size, "entry", "entries")
    by = f" by {printable(made.by)}" if made.by else ""
    say(f"{styled('✓', 'green')} time-stamped {made.time}{by}: {entries}")
    say(f"  kept in {made.place}")
    if not is_judged:
        say(f"  {styled('not judged', 'yellow')}: no root certificate was named")
    if not context.quiet:
        next_step("archive ledger verify --tsa-root FILE.pem; keep the authority's root certificate outside")
