"""Planted defects: each is put into a copy of the project, where some test has to notice it."""
