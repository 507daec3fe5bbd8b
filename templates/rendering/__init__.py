"""Rendering: a Word document becomes a PDF/A-2b, by LibreOffice, in faces of our own."""
