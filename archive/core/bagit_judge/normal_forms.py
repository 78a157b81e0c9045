"""Listed paths that are there under another Unicode form (RFC 8493 §6.1.1.2, §6.1.1.3)."""

from bisect import insort
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from archive.core.bagit_judge.fetch_list import FetchList
from archive.core.bagit_judge.listing import Column, Listing
from archive.core.bagit_judge.seen import Seen
from archive.core.composed_form import composed

_ALIKE: Final = 16  # files looked at for one name: one of twenty accents has a million spellings


class OtherForm(NamedTuple):
    """A listed path, the file that stands for it, and the manifests that list that file otherwise, too."""

    path: str
    file: str
    repeated: tuple[Column, ...]


class OtherForms:
    """Finds the files of listed paths that are not there by their own spelling.

    A manifest that lists two spellings lists two files: one file stands for no second one of them, or the
    loss of a file would be taken for a change of its name. Before BagIt 1.0 the same line may come twice
    (`strict` is false), and so may two spellings of one file with one digest, unless one is to be fetched.
    """

    def __init__(self, listing: Listing, fetch_list: FetchList, seen: Seen, *, strict: bool) -> None:
        self._listing = listing
        self._fetch = fetch_list
        self._seen = seen
        self._strict = strict
        self._claims: dict[str, dict[str, bytes]] = {}  # file -> the digest that each manifest has for it

    def of(self, missing: Mapping[str, int]) -> Iterator[OtherForm]:
        """The paths, with their numbers, for which a file of the same composed form stands.

        Files that no manifest lists come before those that one does. The order of the paths is their own,
        whatever order manifests were read in.
        """
        forms = {path: composed(path) for path in missing if not path.isascii()}
        if not forms:
            return
        alike = self._alike(set(forms.values()))
        for path in sorted(forms):
            if files := alike.get(forms[path]):
                number = missing[path]
                file = next((file for _, file in files if not self._repeated(number, self._own(file))), None)
                if other := self._claim(path, number, file or files[0][1]):
                    yield other

    def _alike(self, forms: set[str]) -> dict[str, list[tuple[bool, str]]]:
        """The files of each form, those that no manifest lists first."""
        alike: dict[str, list[tuple[bool, str]]] = {}
        for path in self._seen.files():
            if not path.isascii() and (form := composed(path)) in forms:
                files = alike.setdefault(form, [])
                insort(files, (bool(self._own(path)), path))
                del files[_ALIKE:]
        return alike

    def _own(self, file: str) -> dict[str, bytes]:
        """What each manifest says of a file by its own name."""
        number = self._listing.index.get(file)
        if number is None:
            return {}
        return {column.name: column.digest(number) for column in self._listing.listing(number)}

    def _repeated(self, number: int, claims: Mapping[str, bytes]) -> tuple[Column, ...]:
        return tuple(column for column in self._listing.listing(number) if column.name in claims)

    def _claim(self, path: str, number: int, file: str) -> OtherForm | None:
        claims = self._claims.setdefault(file, self._own(file))
        repeated = self._repeated(number, claims)
        if repeated and (self._strict or number in self._fetch):
            return None
        if any(column.digest(number) != claims[column.name] for column in repeated):
            return None
        claims.update((column.name, column.digest(number)) for column in self._listing.listing(number))
        return OtherForm(path, file, repeated)
