"""The digests of what is there against the digests listed (RFC 8493 §3)."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from archive.core.bagit.contents import FileDigests, SoundDigests
from archive.core.bagit.names import FETCH
from archive.core.bagit_judge.fetch_list import FetchList
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.listing import Column, Listing
from archive.core.bagit_judge.plans import Algorithms, Plans
from archive.core.bagit_judge.seen import ANSWERED, FILE, Seen
from archive.core.findings import At, error, warning
from archive.core.obstacles import Obstacle

_VALID = "RFC 8493 §3"


class Fixity:
    """Says which digests are wanted, and takes them; of the files that were given up none is wanted."""

    def __init__(
        self,
        listing: Listing,
        fetch_list: FetchList,
        seen: Seen,
        aliases: dict[str, list[int]],
        gathered: Gathered,
        given_up: AbstractSet[str] = frozenset(),
    ) -> None:
        self.verified = 0
        self.payload_bytes = 0
        self.gone = 0
        self.sizes_known = True
        self._index = listing.index
        self._plans = Plans(listing)
        self._fetch = fetch_list
        self._seen = seen
        self._aliases = aliases
        self._gathered = gathered
        self._given_up = given_up
        self._waiting: set[str] = set()

    def wanted(self) -> Iterator[tuple[str, Algorithms]]:
        """Each file that a manifest lists with its algorithms, then the other payload files."""
        states = self._seen.states
        for path in self._given_up:
            if (known := self._index.get(path)) is not None and states[known] == FILE:
                states[known] = ANSWERED
        for number, path in enumerate(self._index):
            if states[number] == FILE:
                algorithms = self._algorithms(path, number)
                if algorithms or path.startswith("data/"):
                    yield path, algorithms
                else:
                    states[number] = ANSWERED
        for path in self._seen.unlisted:
            algorithms = self._algorithms(path, None)
            if algorithms or path.startswith("data/"):
                self._waiting.add(path)
                yield path, algorithms

    def _algorithms(self, path: str, number: int | None) -> Algorithms:
        """The algorithms of all digests that are listed for a file."""
        if number is not None and path not in self._aliases:
            return self._plans.of(self._plans.mask(number))[0]
        mask = 0
        for one in self._numbers(path, number):
            mask |= self._plans.mask(one)
        return self._plans.of(mask)[0]

    def _numbers(self, path: str, number: int | None) -> tuple[int, ...]:
        own = () if number is None else (number,)
        return (*own, *self._aliases[path]) if path in self._aliases else own

    def take(self, results: Iterable[FileDigests | SoundDigests]) -> None:
        """Take the answers; afterwards say what was asked for and never answered."""
        for some in results:
            if not isinstance(some, SoundDigests):
                self._take((some,))
            elif not self._take_whole(some):
                self._take(some.each())
        self._finish()

    def _take_whole(self, sound: SoundDigests) -> bool:
        """Take the answers at once where they are, byte for byte, a piece of the one manifest that counts."""
        get, states = self._index.get, self._seen.states
        first = get(sound.paths[0])
        if first is None or self._fetch.count or self._aliases:
            return False
        end = first + len(sound.paths)
        columns = [column for column in self._plans.columns if any(column.rows[first:end])]
        if len(columns) != 1 or not columns[0].holds(first, end, sound.digests):
            return False
        if not all(
            path.startswith("data/") and get(path) == number for number, path in enumerate(sound.paths, first)
        ):
            return False
        states[first:end] = bytes([ANSWERED]) * len(sound.paths)
        self.payload_bytes += sum(sound.sizes)
        self.verified += len(sound.paths)
        return True

    def _take(self, results: Iterable[FileDigests]) -> None:
        get, states, aliases = self._index.get, self._seen.states, self._aliases
        fetched = self._fetch.count > 0
        for result in results:
            path = result.path
            number = get(path)
            if number is None:
                self._waiting.discard(path)
            else:
                states[number] = ANSWERED
            if result.obstacle is not None:
                self._say_hindered(result, number)
                continue
            if path.startswith("data/"):
                self.payload_bytes += result.size
            if number is None or fetched or path in aliases:
                self._compare(result, number)
                continue
            digests = result.digests
            intact = bool(digests)
            for place, column in self._plans.of(self._plans.mask(number))[1]:
                if column.differs(number, digests[place]):
                    intact = False
                    self._say_altered(path, column, number, digests[place])
            self.verified += intact

    def _compare(self, result: FileDigests, number: int | None) -> None:
        intact = bool(result.digests)
        algorithms = self._algorithms(result.path, number) if intact else ()
        for one in self._numbers(result.path, number):
            for _, column in self._plans.of(self._plans.mask(one))[1]:
                found = result.digests[algorithms.index(column.algorithm)] if column.algorithm else b""
                if column.differs(one, found):
                    intact = False
                    self._say_altered(result.path, column, one, found)
            if (length := self._fetch.length(one)) is not None and length != result.size:
                message = "is not as long as fetch.txt says"
                at = At(file=FETCH, line=self._fetch.line(one))
                self._gathered.add(
                    warning(
                        "BAG-FETCH-SIZE",
                        result.path,
                        message,
                        at=at,
                        clause="RFC 8493 §2.2.3",
                        expected=str(length),
                        found=str(result.size),
                    )
                )
        self.verified += intact

    def _say_altered(self, path: str, column: Column, number: int, found: bytes) -> None:
        message = f"has not the digest that {column.name} lists"
        at = At(file=column.name, line=column.line(number))
        expected = column.digest(number).hex()
        self._gathered.add(
            error(
                "BAG-FILE-ALTERED", path, message, at=at, clause=_VALID, expected=expected, found=found.hex()
            )
        )

    def _say_hindered(self, result: FileDigests, number: int | None) -> None:
        self.sizes_known = self.sizes_known and not result.path.startswith("data/")
        columns = () if number is None else [one for one in self._plans.columns if one.lists(number)]
        column = next(iter(columns), None)
        at = At() if column is None or number is None else At(file=column.name, line=column.line(number))
        match result.obstacle:
            case Obstacle.LINK:
                code, message = "BAG-FILE-LINK", "is a symbolic link; it was not followed"
            case Obstacle.SPECIAL:
                code, message = "BAG-FILE-SPECIAL", "is no regular file; it was not read"
            case Obstacle.MISSING:
                self.gone += 1
                code, message = "BAG-FILE-MISSING", "was there and is gone"
            case _:
                code, message = "BAG-FILE-UNREADABLE", "could not be read"
        if result.reason:
            message = f"{message}: {result.reason}"
        self._gathered.add(error(code, result.path, message, at=at, clause=_VALID))

    def _finish(self) -> None:
        """Say what was asked for and never answered: nothing is known of it."""
        unanswered = [
            path for path, state in zip(self._index, self._seen.states, strict=False) if state == FILE
        ]
        for path in (*unanswered, *self._waiting):
            self.sizes_known = self.sizes_known and not path.startswith("data/")
            self._gathered.add(error("BAG-FILE-UNREADABLE", path, "was not read to its end", clause=_VALID))
