"""Where in a JSON document of another system its descriptions are: the answers of APIs wrap them.

`{"docs": [{"sourceResource": {…}}]}` (DPLA), `{"metadata": {…}, "files": […]}` (Internet Archive, DSpace,
Zenodo), `{"@graph": […]}` (JSON-LD), `{"hits": {"hits": […]}}`: told by where a title stands, not by the name
of a system. What stands round a description is kept with it, under a JSON Pointer (RFC 6901).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from archive.core.descriptions.column_names import term_meant
from archive.core.descriptions.description_access import is_access
from archive.core.limits.descriptions import WRAPPERS
from archive.formats.descriptions.access_round import nearest, of_access, others
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.plain_values import without_blanks
from archive.formats.descriptions.row import PREFIXES, path_candidates

_IDENTIFYING: Final = ("identifier", "@id", "id", "uuid")
_OF_OURS: Final = frozenset(("other", "schema"))
_NAMING: Final = (Kind.PATH, Kind.REFERENCE)
_KEPT: Final = frozenset(PREFIXES)
_SCHEMA_ORG: Final = "schema.org"


class Shape(NamedTuple):
    """Where the descriptions are: the members that lead to the list of them, and to one in each.

    `several` are the elements of the list, None where the document itself is, or holds, one description.
    """

    inner: tuple[str, ...]
    several: list[Any] | None = None


def states_title(document: Mapping[str, Any]) -> bool:
    """True where one of the members is a title: so the object is itself a description."""
    return any(classify(key).term == "title" for key in document)


def shape_of(document: Mapping[str, Any], depth: int = 0) -> Shape | None:
    """The shape of an object that is no description; None for one that is, and where nothing is found."""
    if states_title(document) or depth > WRAPPERS:
        return None
    # Under a term stands its value: what that is called is no title of the document.
    members = [(key, each) for key, each in document.items() if classify(key).kind is not Kind.TERM]
    objects = [(key, content) for key, content in members if type(content) is dict]
    titled = [key for key, content in objects if states_title(content)]
    if len(titled) == 1:
        return Shape((titled[0],))
    lists = [(key, content) for key, content in members if _is_list_of_descriptions(content, depth)]
    if len(lists) == 1:
        return Shape((lists[0][0],), lists[0][1])
    found = [(key, shape) for key, content in objects if (shape := shape_of(content, depth + 1))]
    if len(found) != 1:
        return None
    key, shape = found[0]
    return shape._replace(inner=(key, *shape.inner))


def _is_list_of_descriptions(content: Any, depth: int) -> bool:
    if type(content) is not list or not content:
        return False
    first = next((each for each in content if type(each) is dict), None)
    return first is not None and (states_title(first) or shape_of(first, depth + 1) is not None)


def taken_out(document: Mapping[str, Any], inner: tuple[str, ...]) -> dict[str, Any]:
    """The description that stands inside, with all that stands round it among its other columns.

    The name of its file may stand outside, and who may see it, where it does not say so itself.
    """
    around: dict[str, Any] = {}
    file: dict[str, Any] = {}
    pointers = [""]
    content = document
    for step in inner:
        for key, each in content.items():
            if _names_file(key, each):
                file[key] = each
            elif key != step:
                around[f"{pointers[-1]}/{_escaped(key)}"] = each
        pointers.append(f"{pointers[-1]}/{_escaped(step)}")
        content = content[step]
    inside = others(content)
    record = {
        key: each for key, each in content.items() if key != "other" and not (file and _is_no_name(key, each))
    }
    levels = [*_access_levels(document, inner), {**of_access(inside), **of_access(record)}]
    heard = nearest(levels)
    if heard is not None and heard < len(inner):
        for key, each in levels[-1].items():
            record.pop(key, None)
            inside.pop(key, None)
            around[f"{pointers[-1]}/{_escaped(key)}"] = each
        for key in levels[heard]:
            file[key] = around.pop(f"{pointers[heard]}/{_escaped(key)}")
    return {**file, **record, "other": {**inside, **around}}


def access_round(document: Mapping[str, Any], inner: tuple[str, ...]) -> dict[str, Any]:
    """The members that say who may see what stands inside, of the nearest object round it that does."""
    levels = _access_levels(document, inner)
    heard = nearest(levels)
    return {} if heard is None else levels[heard]


def _access_levels(document: Mapping[str, Any], inner: tuple[str, ...]) -> list[dict[str, Any]]:
    levels = []
    content: Any = document
    for step in inner:
        levels.append({key: each for key, each in of_access(content).items() if key != step})
        content = content[step]
    return levels


def _names_file(key: str, content: Any) -> bool:
    items = content if type(content) is list else [content]
    return classify(key).kind is Kind.PATH and all(type(item) is str for item in items)


def _is_no_name(key: str, content: Any) -> bool:
    """True for a member that would name a file and is blank: it does not hide the name outside."""
    items = content if type(content) is list else [content]
    return classify(key).kind is Kind.PATH and not without_blanks(items)


def other_files(document: Mapping[str, Any], inner: tuple[str, ...]) -> tuple[str, list[str]] | None:
    """The member inside a wrapper that names another file than one round it, and the names of both.

    Of several members of one object the first counts, as where there is no wrapper.
    """
    known: list[str] = []
    content: Any = document
    for step in (*inner, None):
        for key, each in content.items():
            if not _names_file(key, each) or _is_no_name(key, each):
                continue
            names = without_blanks(each if type(each) is list else [each])
            if known and set(map(_as_path, known)) != set(map(_as_path, names)):
                return key, [*known, *(name for name in names if name not in known)]
            known = names
            break
        content = content[step] if step is not None else None
    return None


def _as_path(name: str) -> str:
    return path_candidates(name, _KEPT)[-1]


def names_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """By what else than a file a record is known: its identifiers, its own and those of what is round it."""
    return tuple(dict.fromkeys(_names(document)))


def _names(document: Mapping[str, Any]) -> Iterator[str]:
    places = [document, *([document["other"]] if type(document.get("other")) is dict else ())]
    for place in places:
        for key, content in place.items():
            if key.rpartition("/")[2] in _IDENTIFYING or classify(key).term == "identifier":
                items = content if type(content) is list else [content]
                yield from (name for each in items if (name := _name(each)))


def _name(item: Any) -> str:
    if type(item) is dict:
        item = item.get("@value") or item.get("value") or item.get("@id")
    return str(item).strip() if type(item) in (str, int) else ""


def no_terms(document: Mapping[str, Any], *, held: bool = False) -> str | None:
    """Why the object describes nothing that is read: its members are somebody's own; else None.

    Of a document that is `held` and named columns of one's own alone may be given, as in a table.
    """
    if _SCHEMA_ORG in str(document.get("@context", "")) and not states_title(document):
        return "is a description in the words of schema.org, which are not those of Dublin Core"
    if not _OF_OURS.isdisjoint(document):
        return None
    kinds = {classify(key).kind for key in document}
    own = [key for key in document if classify(key).kind is Kind.OTHER and not is_access(key)]
    if not own or not kinds.isdisjoint((Kind.TERM, Kind.UNKNOWN_TERM)):
        return None
    if held and not kinds.isdisjoint(_NAMING) and any(term_meant(key) is None for key in own):
        return None
    return "none of its members is a term of Dublin Core"


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
