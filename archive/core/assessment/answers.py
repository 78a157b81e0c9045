"""Short ways to say what the evidence shows."""

from archive.core.assessment.model import Answer, Basis, Verdict


def met(*proof: str) -> Answer:
    """The evidence shows it."""
    return Answer(Verdict.MET, proof)


def met_as_told(*proof: str) -> Answer:
    """The evidence shows it, as far as what archive.toml says of the places is so."""
    return Answer(Verdict.MET, proof, basis=Basis.DECLARED)


def not_met(missing: str, *proof: str) -> Answer:
    """The evidence shows that it is not so; `missing` says what to do."""
    return Answer(Verdict.NOT_MET, proof, missing)


def unknown(missing: str = "", *proof: str) -> Answer:
    """Nothing that is kept here can say."""
    return Answer(Verdict.UNKNOWN, proof, missing, Basis.NONE)


def decided(shown: bool, missing: str, *proof: str) -> Answer:
    """Met or not, with the same proof."""
    return met(*proof) if shown else not_met(missing, *proof)
