"""A document as other systems take it: METS, PROV, RO-Crate, oai_dc, and words to cite it by."""
