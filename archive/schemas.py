"""Finds and compiles the JSON Schemas; the only importer of jsonschema.

Two engines: jsonschema-rs says valid or not (2 µs a description), jsonschema explains (300 µs and 70 ms of
import), so it is loaded only where something is wrong. That both give the same verdict is a test. Every
`$ref` is resolved among our own files; nothing is ever fetched.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.core.limits.output import FINDINGS, QUOTED

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError


class SchemaProblem(NamedTuple):
    """One thing a document breaks: where (keys and indexes from the top), what is found, what is expected."""

    path: tuple[str | int, ...]
    message: str
    expected: str


def schema_dir() -> Path:
    """The folder with the schemas: inside the wheel, else beside the package in a checkout."""
    package = Path(__file__).parent
    shipped = package / "_schemas"
    return shipped if shipped.is_dir() else package.parent / "schemas"


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `<name>.schema.json`, parsed. Raises FileNotFoundError where there is none."""
    text = (schema_dir() / f"{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def names() -> tuple[str, ...]:
    """The names of all schemas, sorted."""
    return tuple(sorted(path.name[: -len(".schema.json")] for path in schema_dir().glob("*.schema.json")))


def is_valid(name: str, document: Any) -> bool:
    """True where the document follows the schema, formats included."""
    try:
        return _verdict(name)(document)
    except (ValueError, OverflowError, RecursionError):
        # jsonschema-rs converts to its own JSON values first: lone surrogates, keys that are no text and
        # numbers beyond its range stop it before it judges.
        return not explain(name, document)


def explain(name: str, document: Any) -> list[SchemaProblem]:
    """What the document breaks, in the order of its parts; empty where it is valid.

    At most FINDINGS problems are looked for.
    """
    return _explained(_explainer(name), document)


def _explained(explainer: "Draft202012Validator", document: Any) -> list[SchemaProblem]:
    try:
        problems = {
            problem
            for error in islice(explainer.iter_errors(document), FINDINGS)
            for problem in _problems(error)
        }
    except (ValueError, RecursionError):
        # jsonschema writes every offending value into its message: an integer of 5,000 digits or a list of
        # 1,000 levels cannot be written.
        return [SchemaProblem((), "holds a value too large or too deep to be judged", "a smaller value")]
    return sorted(problems, key=lambda problem: ([str(part) for part in problem.path], problem.message))


@cache
def _by_identifier() -> dict[str, dict[str, Any]]:
    return {schema["$id"]: schema for schema in map(load, names()) if "$id" in schema}


def _retrieve(identifier: str) -> dict[str, Any]:
    try:
        return _by_identifier()[identifier]
    except KeyError:
        raise LookupError(f"no schema of this program has the identifier {identifier}") from None


class SchemaFaultError(ValueError):
    """The document is no JSON Schema of draft 2020-12, or one that an engine cannot judge by."""


class Overlay:
    """A schema that is not ours, over one that is: judged like ours, by its own value.

    Its patterns are matched in linear time, by the one engine in both parts: some expressions would keep
    Python's own busy for years over forty characters. Lookaround and references back are not among them.
    Raises SchemaFaultError where it is no JSON Schema, or where an engine cannot compile it.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = dict(schema)
        self._explainer: Draft202012Validator | None = None
        _by_identifier()  # what storage refuses of ours is no fault of theirs
        try:
            self._verdict = _compiled(self._schema, linear=True)
        except Exception as trouble:  # noqa: BLE001 - jsonschema_rs raises ValueError and errors of its own
            said = str(trouble).partition("\n")[0][: 3 * QUOTED]  # behind it jsonschema_rs quotes the schema
            raise SchemaFaultError(said or type(trouble).__name__) from None

    def is_valid(self, document: Any) -> bool:
        """True where the document follows the schema, formats included."""
        try:
            return self._verdict(document)
        except (ValueError, OverflowError, RecursionError):
            return not self.explain(document)

    def explain(self, document: Any) -> list[SchemaProblem]:
        """What the document breaks, in the order of its parts; empty where it is valid."""
        if self._explainer is None:
            self._explainer = _explaining(self._schema, linear=True)
        return _explained(self._explainer, document)


@cache
def _verdict(name: str) -> Callable[[Any], bool]:
    return _compiled(load(name))


def _compiled(schema: dict[str, Any], *, linear: bool = False) -> Callable[[Any], bool]:
    import jsonschema_rs  # 23 ms of import that most commands do not need

    from archive.core.schema_formats import FORMATS  # brings the language registry

    return jsonschema_rs.Draft202012Validator(
        schema,
        formats=dict(FORMATS),
        validate_formats=True,
        retriever=_retrieve,
        pattern_options=jsonschema_rs.RegexOptions() if linear else None,
    ).is_valid


def _match_in_linear_time(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> "Iterator[ValidationError]":
    """The keyword `pattern` for jsonschema, as jsonschema-rs judges it."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _compiled_pattern(pattern)(instance):
        yield ValidationError(f"does not match {pattern}")


def matches_in_linear_time(pattern: str) -> bool:
    """True where the engine without lookaround and references back can compile the regular expression."""
    try:
        _compiled_pattern(pattern)
    except Exception:  # noqa: BLE001 - as where an overlay is compiled
        return False
    return True


@lru_cache(maxsize=256)
def _compiled_pattern(pattern: str) -> Callable[[Any], bool]:
    return _compiled({"pattern": pattern}, linear=True)


@cache
def _explainer(name: str) -> "Draft202012Validator":
    return _explaining(load(name))


def _explaining(schema: dict[str, Any], *, linear: bool = False) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator, FormatChecker  # 70 ms of import
    from jsonschema.validators import extend
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    from archive.core.schema_formats import FORMATS

    checker = FormatChecker(formats=())
    for label, judge in FORMATS.items():
        checker.checks(label)(lambda value, judge=judge: not isinstance(value, str) or judge(value))
    ours = [(uri, DRAFT202012.create_resource(schema)) for uri, schema in _by_identifier().items()]
    registry: Registry[Any] = Registry().with_resources(ours)
    kind: Any = Draft202012Validator
    if linear:
        kind = extend(Draft202012Validator, {"pattern": _match_in_linear_time})  # type: ignore[no-untyped-call]
    made: Draft202012Validator = kind(schema, registry=registry, format_checker=checker)
    return made


def _problems(error: "ValidationError") -> list[SchemaProblem]:
    path = tuple(error.absolute_path)
    schema = error.schema if isinstance(error.schema, dict) else {}
    rule, found = str(error.validator), error.instance
    limit: Any = error.validator_value
    if rule == "required" and isinstance(found, dict):
        return [
            SchemaProblem((*path, member), "is missing", "a value")
            for member in limit
            if member not in found and f"{member!r} is a required" in error.message
        ]
    if rule in {"additionalProperties", "unevaluatedProperties"} and isinstance(found, dict):
        known = schema.get("properties", {})
        unknown = [key for key in found if key not in known and repr(key) in error.message]
        expected = "one of " + ", ".join(known) if 0 < len(known) < 10 else "a known name"
        if unknown:
            return [
                SchemaProblem((*path, key), "is not a name this schema knows", expected) for key in unknown
            ]
    return [SchemaProblem(path, _found(rule, found, error.message), _expected(rule, limit, schema))]


def _found(rule: str, found: Any, message: str) -> str:
    match rule:
        case "type":
            return f"is {_kind(found)}"
        case "minItems" | "maxItems":
            return f"has {len(found)} values"
        case "minLength" | "maxLength":
            return f"has {len(found)} characters"
        case "pattern" | "format" | "enum" | "const" | "minimum" | "maximum":
            return f"is {_quote(found)}"
        case _:
            return message if len(message) <= 3 * QUOTED else f"{message[: 3 * QUOTED]} …"


def _expected(rule: str, limit: Any, schema: dict[str, Any]) -> str:
    match rule:
        case "type":
            kinds: Sequence[str] = [limit] if isinstance(limit, str) else limit
            return " or ".join(_KINDS.get(kind, kind) for kind in kinds)
        case "pattern":
            return str(schema.get("description") or f"text that matches {limit}")
        case "enum":
            return "one of " + ", ".join(map(str, limit))
        case "minItems" | "minLength" | "minimum":
            return f"at least {limit}"
        case "maxItems" | "maxLength" | "maximum":
            return f"at most {limit}"
        case "const" | "format":
            return str(limit)
        case "anyOf" | "oneOf":
            return str(schema.get("description") or _one_of_branches(limit) or _in_general(rule))
        case _:
            return str(schema.get("description") or _in_general(rule))


def _in_general(rule: str) -> str:
    """For a rule that has no words of its own: what it is called, for whoever can look it up."""
    return f"what the rule “{rule}” allows"


def _one_of_branches(branches: Sequence[Any]) -> str:
    """“A or B”; nothing where a branch does not say in short what it allows."""
    said = [_branch(each) for each in branches]
    text = " or ".join(said)
    return text if all(said) and len(text) <= 3 * QUOTED else ""


def _branch(branch: Any) -> str:
    if not isinstance(branch, dict):
        return ""
    if branch.get("description"):
        return str(branch["description"])
    rules = [rule for rule in branch if rule in _PLAIN]
    if len(rules) > 1 and "type" in rules:  # the others say more
        rules.remove("type")
    plain = len(rules) == 1 and branch.keys() <= {rules[0], "type", "title"}
    return _expected(rules[0], branch[rules[0]], branch) if plain else ""


# Rules that say in a few words which value to give.
_PLAIN = frozenset({"type", "pattern", "enum", "const", "format"})
_KINDS = {
    "string": "text",
    "object": "an object",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


def _quote(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if not text.strip():
        return "blank"
    return f"“{text}”" if len(text) <= QUOTED else f"“{text[:QUOTED]}…”"
