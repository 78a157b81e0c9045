"""The entry point of the console script."""

import gc
import os
import sys

# Objects between two looks for cyclic garbage, of which a command makes next to none: with Python's own 700
# the imports alone set off dozens of looks.
_COLLECT_AFTER = 100_000


def main() -> None:
    """Runs one command, ends the process with its code; SIGTERM and SIGHUP end it as cleanly as Ctrl-C."""
    if sys.argv[1:] == ["--version"]:  # before click is imported, which costs more than all the rest
        from archive import __version__

        try:
            os.write(1, f"archive {__version__}\n".encode())  # nothing of it stays in a buffer
        except OSError:  # told below
            pass
        else:
            return
    from archive.cli import termination

    termination.end_at_once()
    from archive.cli.file_names import read_names_as_utf8

    read_names_as_utf8()
    gc.set_threshold(_COLLECT_AFTER)
    from archive.cli.ending import Ending

    ending = Ending()
    from archive.cli.frame import run
    from archive.cli.messages import let_messages_fail
    from archive.core.exit_codes import INTERRUPTED, TERMINATED, UNREADABLE

    let_messages_fail()
    termination.wait_for_children()
    try:
        termination.terminate_cleanly()
        ending.code = run()
    except KeyboardInterrupt:  # once more, while another signal was answered
        ending.code = INTERRUPTED
    except termination.Terminated:
        ending.code = TERMINATED
    except MemoryError:  # there was not even enough to say so
        ending.code = UNREADABLE
    termination.end_undisturbed()
    sys.exit(ending.code)
