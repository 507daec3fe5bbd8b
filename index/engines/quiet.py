"""Quiet: Whoosh as imported here; 2.7.4 has escapes that newer Pythons warn of when they compile.

All of it that is used is imported here, so that no warning reaches a person later.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, reading
    from whoosh.codec import whoosh3
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import TOC, FileIndex, LockError, clean_files
    from whoosh.matching import wrappers
    from whoosh.reading import SegmentReader
    from whoosh.writing import MERGE_SMALL, SegmentWriter

__all__ = (
    "MERGE_SMALL",
    "TOC",
    "FileIndex",
    "FileStorage",
    "LockError",
    "SegmentReader",
    "SegmentWriter",
    "StructFile",
    "clean_files",
    "columns",
    "fields",
    "reading",
    "whoosh3",
    "wrappers",
)
