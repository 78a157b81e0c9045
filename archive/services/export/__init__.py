"""Copies for use of held documents, verified as they are made: OAIS's dissemination packages."""
