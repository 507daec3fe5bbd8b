"""Home: the folders one installation lives in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The places below one folder; all of them are made by `guidang init`."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "guidang.toml"

    @property
    def rules(self) -> Path:
        """Versioned rules: file plan, numbering, approvals, seals, checks."""
        return self.root / "rules"

    @property
    def customers(self) -> Path:
        """What the firm says of its customers where an order file says nothing."""
        return self.rules / "customers.toml"

    @property
    def inbox(self) -> Path:
        """Where orders are dropped."""
        return self.root / "inbox"

    @property
    def rejected(self) -> Path:
        """Where refused files lie, each with its reason."""
        return self.root / "rejected"

    @property
    def archive(self) -> Path:
        """The OCFL storage root: the system of record."""
        return self.root / "archive"

    @property
    def database(self) -> Path:
        """The register."""
        return self.root / "guidang.db"

    @property
    def index(self) -> Path:
        """The full-text index."""
        return self.root / "index"

    @property
    def searches(self) -> Path:
        """The saved searches."""
        return self.root / "searches"

    @property
    def seals(self) -> Path:
        """The seals and their images."""
        return self.root / "seals"

    @property
    def people(self) -> Path:
        """The history of the directory of people."""
        return self.root / "people"

    @property
    def trust(self) -> Path:
        """Root certificates and revocation lists the firm trusts."""
        return self.root / "trust"

    @property
    def work(self) -> Path:
        """Orders received and papers under way."""
        return self.root / "work"

    @property
    def received(self) -> Path:
        """The bytes of every order taken, by digest, until it is filed."""
        return self.work / "received"

    @property
    def countersigned(self) -> Path:
        """Countersigned originals and signing days that came before their paper is filed."""
        return self.work / "countersigned"

    @property
    def staging(self) -> Path:
        """Versions being written before they stand on the shelf."""
        return self.work / "staging"

    @property
    def fonts(self) -> Path:
        """The faces documents are printed in; a firm's own licensed ones go into fonts/own."""
        return self.root / "fonts"

    @property
    def logs(self) -> Path:
        """The service's log."""
        return self.root / "logs"

    @property
    def samples(self) -> Path:
        """Sample orders, with `guidang init --sample`."""
        return self.root / "samples"

    @property
    def inspection_lock(self) -> Path:
        """Held by the one process that inspects or cleans up this home."""
        return self.work / "inspection.lock"

    @property
    def worker_lock(self) -> Path:
        """Held by the one process that works on this home."""
        return self.work / "worker.lock"

    def folders(self) -> tuple[Path, ...]:
        """Return every folder a home has."""
        return (
            self.rules,
            self.inbox,
            self.rejected,
            self.archive,
            self.index,
            self.seals,
            self.people,
            self.trust,
            self.work,
            self.received,
            self.staging,
            self.fonts,
            self.logs,
        )

    @property
    def is_ready(self) -> bool:
        """Whether `guidang init` was run here."""
        return self.settings.is_file()
