"""PROV-JSON (W3C Member Submission, 24 April 2013) and PROV-N (W3C Recommendation, 30 April 2013)."""

import re
from typing import Any, Final

from archive.core.canonical import readable
from archive.formats.exchange.prov import AttributeValue, Element, Name, Provenance, Relation, Time

# The two arguments of each relation, by their names in PROV-JSON §3.
_ARGUMENTS: Final = {
    "hadMember": ("prov:collection", "prov:entity"),
    "specializationOf": ("prov:specificEntity", "prov:generalEntity"),
    "used": ("prov:activity", "prov:entity"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
}
# In PROV-N these have a place for a time behind their two arguments, wasAssociatedWith one for a plan.
_TIMED: Final = frozenset(("used", "wasGeneratedBy"))
_ESCAPED: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TO_ESCAPE = re.compile(r'["\\\n\r\t]')


def prov_json(provenance: Provenance) -> bytes:
    """The provenance as PROV-JSON, keys sorted, in UTF-8."""
    document: dict[str, Any] = {"prefix": dict(provenance.prefixes)}
    for element in provenance.elements:
        content = _attributes(element.attributes)
        if element.time:
            content["prov:startTime"] = content["prov:endTime"] = element.time
        document.setdefault(element.kind, {})[element.id] = content
    for number, relation in enumerate(provenance.relations, start=1):
        first, second = _ARGUMENTS[relation.kind]
        content = {first: relation.first, second: relation.second, **_attributes(relation.attributes)}
        if relation.time:
            content["prov:time"] = relation.time
        document.setdefault(relation.kind, {})[f"_:r{number}"] = content
    return readable(document)


def prov_n(provenance: Provenance) -> bytes:
    """The provenance as PROV-N in UTF-8, one statement to a line."""
    lines = ["document"]
    lines += [f"  prefix {prefix} <{uri}>" for prefix, uri in provenance.prefixes.items()]
    lines.append("")
    lines += [f"  {_statement(element)}" for element in provenance.elements]
    lines += [f"  {_relation(relation)}" for relation in provenance.relations]
    return ("\n".join([*lines, "endDocument"]) + "\n").encode()


def _attributes(attributes: tuple[tuple[str, AttributeValue], ...]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, value in attributes:
        content.setdefault(name, []).append(_json_value(value))
    return {name: values[0] if len(values) == 1 else values for name, values in content.items()}


def _json_value(value: AttributeValue) -> Any:
    match value:
        case Name(text):
            return {"$": text, "type": "prov:QUALIFIED_NAME"}
        case Time(text):
            return {"$": text, "type": "xsd:dateTime"}
        case _:
            return value


def _statement(element: Element) -> str:
    times = f", {element.time}, {element.time}" if element.time else ""
    return f"{element.kind}({element.id}{times}{_attributes_n(element.attributes)})"


def _relation(relation: Relation) -> str:
    third = ""
    if relation.kind in _TIMED:
        third = f", {relation.time or '-'}"
    elif relation.kind == "wasAssociatedWith":
        third = ", -"
    arguments = f"{relation.first}, {relation.second}{third}"
    return f"{relation.kind}({arguments}{_attributes_n(relation.attributes)})"


def _attributes_n(attributes: tuple[tuple[str, AttributeValue], ...]) -> str:
    if not attributes:
        return ""
    return ", [" + ", ".join(f"{name}={_n_value(value)}" for name, value in attributes) + "]"


def _n_value(value: AttributeValue) -> str:
    match value:
        case Name(text):
            return f"'{text}'"
        case Time(text):
            return f'"{text}" %% xsd:dateTime'
        case int():
            return f'"{value}" %% xsd:int' if abs(value) < 1 << 31 else f'"{value}" %% xsd:long'
        case _:
            return f'"{_TO_ESCAPE.sub(lambda match: _ESCAPED[match.group()], value)}"'
