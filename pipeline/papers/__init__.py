"""Papers: one file per kind of document (文种), each knowing what its kind needs on the way."""
