"""A self-assessment as one self-contained page: the matrix, and the proof of every cell."""

from archive.formats.pages.assessment.page import assessment_page

__all__ = ["assessment_page"]
