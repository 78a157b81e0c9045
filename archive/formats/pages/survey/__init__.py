"""The page of a survey: what was brought, before anything of it is ingested."""

from archive.formats.pages.survey.page import survey_page

__all__ = ["survey_page"]
