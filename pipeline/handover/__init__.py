"""Hand-over: dossiers as packages that prove themselves without us, and back (移交)."""
