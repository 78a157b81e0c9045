"""An archive made anew from its copies, where its own disk is lost."""
