"""Descriptions in; PREMIS, Dublin Core, reports and catalogs out."""
