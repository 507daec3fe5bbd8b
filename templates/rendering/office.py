"""Office: LibreOfficeKit through ctypes, for use inside a child process only.

The structures follow LibreOfficeKit.h (MPL 2.0), whose members only ever grow at the end;
only the members up to the last one used are declared.
"""

from __future__ import annotations

import ctypes
import json
import os
from pathlib import Path
from typing import Any, Final

_LIBRARIES: Final = ("libmergedlo.so", "libsofficeapp.so")
_TEXT_DOCUMENT: Final = 0

EXPORT: Final = {
    "SelectPdfVersion": {"type": "long", "value": "2"},
    "ExportBookmarksToPDFDestination": {"type": "boolean", "value": "true"},
}
"""PDF/A-2b, and every bookmark a named destination. An unknown name is ignored silently."""


class OfficeFailed(Exception):
    """LibreOffice could not be loaded, or said no to a document."""


class _Document(ctypes.Structure):
    """LibreOfficeKitDocument."""


class _Kit(ctypes.Structure):
    """LibreOfficeKit."""


_DocumentPointer = ctypes.POINTER(_Document)
_KitPointer = ctypes.POINTER(_Kit)
_Pointer = ctypes.c_void_p
_Text = ctypes.c_char_p


class _KitClass(ctypes.Structure):
    _fields_ = (
        ("nSize", ctypes.c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, _KitPointer)),
        ("documentLoad", ctypes.CFUNCTYPE(_DocumentPointer, _KitPointer, _Text)),
        ("getError", ctypes.CFUNCTYPE(_Pointer, _KitPointer)),
        (
            "documentLoadWithOptions",
            ctypes.CFUNCTYPE(_DocumentPointer, _KitPointer, _Text, _Text),
        ),
    )


class _DocumentClass(ctypes.Structure):
    _fields_ = (
        ("nSize", ctypes.c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, _DocumentPointer)),
        ("saveAs", ctypes.CFUNCTYPE(ctypes.c_int, _DocumentPointer, _Text, _Text, _Text)),
        ("getDocumentType", ctypes.CFUNCTYPE(ctypes.c_int, _DocumentPointer)),
    )


_Kit._fields_ = (("pClass", ctypes.POINTER(_KitClass)),)
_Document._fields_ = (("pClass", ctypes.POINTER(_DocumentClass)),)


class Office:
    """One initialised LibreOffice; there can be one in a process, and it is never forked."""

    def __init__(self, program: Path, profile: Path) -> None:
        start = find_hook(program)
        start.restype = _KitPointer
        start.argtypes = [_Text, _Text]
        self._kit: Any = start(os.fsencode(program), profile.resolve().as_uri().encode())
        if not self._kit:
            raise OfficeFailed("LibreOfficeKit did not start")

    def convert(self, source: Path, target: Path) -> None:
        """Write the Word document `source` as PDF/A-2b to `target`; raises OfficeFailed."""
        kit = self._kit.contents.pClass.contents
        document = kit.documentLoadWithOptions(
            self._kit, source.resolve().as_uri().encode(), b"Batch=true"
        )
        if not document:
            raise OfficeFailed(f"load: {self._complaint()}")
        own = document.contents.pClass.contents
        try:
            if own.getDocumentType(document) != _TEXT_DOCUMENT:
                raise OfficeFailed("load: not taken for a text document")
            options = json.dumps(EXPORT).encode()
            if not own.saveAs(document, target.resolve().as_uri().encode(), b"pdf", options):
                raise OfficeFailed(f"save: {self._complaint()}")
        finally:
            own.destroy(document)

    def _complaint(self) -> str:
        # The string is not given back: freeError is younger than the members declared here,
        # and a child that failed is replaced.
        text = self._kit.contents.pClass.contents.getError(self._kit)
        return ctypes.string_at(text).decode(errors="replace") if text else "no reason given"


def find_hook(program: Path) -> Any:
    """Return LibreOfficeKit's entry point in `program`; raises OfficeFailed where there is none."""
    path = next((program / name for name in _LIBRARIES if (program / name).is_file()), None)
    if path is None:
        raise OfficeFailed(f"no LibreOffice library in {program}")
    try:
        return ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL).libreofficekit_hook_2
    except (OSError, AttributeError) as error:
        raise OfficeFailed(f"{path.name}: {error}") from error
