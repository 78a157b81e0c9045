"""One row of a template: what names the document, what is filled in, what is suggested and why."""

from typing import Any, Final, NamedTuple

from archive.core.text import lossless

# Between suggestions among which a person must choose.
ALTERNATIVE: Final = " or "


class Suggestion(NamedTuple):
    """A value that a program suggests for a column, and in words where it comes from."""

    heading: str
    value: str
    why: str


class TemplateRow(NamedTuple):
    """`named` are the cells of the first columns, `filled` facts by heading: no guess is among them."""

    named: tuple[str, ...]
    filled: dict[str, str]
    suggestions: tuple[Suggestion, ...]

    @property
    def why(self) -> str:
        """Where the suggestions come from, in one line."""
        return "; ".join(f"{each.heading}: {each.why}" for each in self.suggestions if each.why)

    def cell(self, heading: str, suggests: str) -> str:
        """The text of a cell below a heading; `suggests` is the heading that it suggests a value for."""
        if not suggests:
            return self.filled.get(heading, "")
        if suggests == "why":
            return self.why
        return next((each.value for each in self.suggestions if each.heading == suggests), "")

    def to_json(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The row as a report has it; `names` are the headings of the first columns."""
        return {
            "document": {name: lossless(cell) for name, cell in zip(names, self.named, strict=True)},
            "filled": self.filled,
            "suggested": {each.heading: {"value": each.value, "why": each.why} for each in self.suggestions},
        }
