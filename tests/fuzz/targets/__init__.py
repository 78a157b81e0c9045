"""Every target: one for each parser that takes bytes from outside."""

from tests.fuzz.targets import (
    bag_grammar,
    bags,
    brought,
    carried,
    containers,
    descriptions,
    evidence,
    hints,
    kept,
    profiles,
    property_laws,
    salvaged,
    stored,
    tables,
    texts,
)

TARGETS = (
    *bag_grammar.TARGETS,
    *profiles.TARGETS,
    *bags.TARGETS,
    *containers.TARGETS,
    *salvaged.TARGETS,
    *descriptions.TARGETS,
    *tables.TARGETS,
    *evidence.TARGETS,
    *brought.TARGETS,
    *carried.TARGETS,
    *stored.TARGETS,
    *kept.TARGETS,
    *texts.TARGETS,
    *hints.TARGETS,
    *property_laws.TARGETS,
)
