"""What bagit-python says of many bags: one process, every bag guarded by a timer.

Started as `python second_opinion.py SECONDS`; reads the paths of bags as JSON from standard input and writes
a JSON object of opinions.
"""

import json
import logging
import signal
import sys

import bagit


class _TooLongError(BaseException):
    """Not an Exception, so that no handler of the library takes it for one of its own."""


def _ring(number: int, frame: object) -> None:
    raise _TooLongError(number, frame)


def opinion(path: str, seconds: float) -> str:
    """`valid`, `invalid`, `crashes` or `hangs`."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        bagit.Bag(path).validate()
    except bagit.BagError:
        return "invalid"
    except _TooLongError:
        return "hangs"
    except Exception:  # noqa: BLE001 - what else comes out of it is what is asked
        return "crashes"
    else:
        return "valid"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Answers for every path."""
    signal.signal(signal.SIGALRM, _ring)
    logging.disable(logging.CRITICAL)
    seconds = float(sys.argv[1])
    json.dump({path: opinion(path, seconds) for path in json.load(sys.stdin)}, sys.stdout)


if __name__ == "__main__":
    main()
