"""Every target: one for each parser that takes bytes from outside."""

from tests.fuzz.targets import (
    bag_grammar,
    bags,
    containers,
    descriptions,
    evidence,
    profiles,
    property_laws,
    stored,
    tables,
    texts,
)

TARGETS = (
    *bag_grammar.TARGETS,
    *profiles.TARGETS,
    *bags.TARGETS,
    *containers.TARGETS,
    *descriptions.TARGETS,
    *tables.TARGETS,
    *evidence.TARGETS,
    *stored.TARGETS,
    *texts.TARGETS,
    *property_laws.TARGETS,
)
