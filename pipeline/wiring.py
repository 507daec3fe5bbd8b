"""Wiring: the only place that chooses implementations; everything is opened when first needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.home import Home

if TYPE_CHECKING:
    from archive.completeness import CompletenessRules
    from archive.confined import Confined
    from archive.db import Register
    from archive.fileplan import FilePlan
    from archive.inspectionrules import InspectionRules
    from archive.numbering import NumberingRules
    from archive.paperrules import PaperRules
    from archive.readers import Readers
    from archive.retentionrules import RetentionRules
    from archive.routes import ApprovalRules
    from archive.sealcase import Seal
    from archive.seals import SealRules
    from archive.sealvault import SealKey
    from archive.signingorder import Trust
    from archive.signingrules import SigningRules
    from archive.store import Store
    from index.library import Library
    from pipeline.accessrules import AccessRules
    from pipeline.fourfold.rules import FourfoldRules
    from pipeline.intake.customers import CustomerRules
    from pipeline.settings import Settings
    from templates.catalogue import Catalogue
    from templates.checks.rules import CheckRules
    from templates.rendering.renderer import Renderer

_RULES = (
    "settings",
    "catalogue",
    "plan",
    "numbering",
    "access",
    "approvals",
    "retention",
    "completeness",
    "paper",
    "fourfold",
    "seal_rules",
    "checks",
    "customers",
    "signing",
    "trust",
)

_CERTIFICATES = {".pem", ".crt", ".cer", ".der"}

Clock = Callable[[], datetime]


class HomeMissing(Exception):
    """There is no home here yet; `guidang init` makes one."""


def system_clock() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


class Workplace:
    """One home with everything that works on it; parts are opened on first use.

    With `rules`, another workplace's, nothing is read anew: both go by the same.
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Clock = system_clock,
        rules: Mapping[str, Any] | None = None,
    ) -> None:
        self.__dict__.update(rules or {})
        self.home = Home(root.resolve())
        self.clock = clock
        if not self.home.is_ready:
            raise HomeMissing(str(root))

    @cached_property
    def settings(self) -> Settings:
        """The settings of this home."""
        from pipeline.settings import load_settings

        return load_settings(self.home.settings)

    @property
    def rules(self) -> Mapping[str, Any]:
        """Settings, templates and rules as this workplace goes by them."""
        return {name: getattr(self, name) for name in _RULES}

    @cached_property
    def register(self) -> Register:
        """The register, its tables brought up to date."""
        from archive.db import open_register
        from archive.upgrading import is_current, upgrade

        register = open_register(self.home.database)
        if not is_current(register):
            upgrade(register)
        return register

    @cached_property
    def store(self) -> Store:
        """The shelves."""
        from archive.store import Store

        return Store(self.home.archive, self.home.staging)

    @cached_property
    def library(self) -> Library:
        """The full-text index; one that is not there is damaged, never empty."""
        from index.opening import open_library

        return open_library(self.home.index, create=False, server=self.settings.index.server)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The templates: those shipped, and the firm's own in templates/ of the home."""
        from templates.catalogue import Catalogue, shipped

        own = self.home.root / "templates"
        return Catalogue.load(shipped(), *([own] if own.is_dir() else []))

    @cached_property
    def renderer(self) -> Renderer:
        """This process's share of the office children; they start with the first document."""
        from templates.rendering.opening import open_renderer

        rendering = self.settings.rendering
        return open_renderer(
            fonts=self.home.fonts,
            work=self.home.work / "offices",
            children=max(1, rendering.children // self.settings.processes),
            recycle_after=rendering.recycle_after,
            memory_limit_mb=rendering.memory_limit_mb,
        )

    @cached_property
    def plan(self) -> FilePlan:
        """The file plan in force."""
        from archive.fileplan import FilePlan

        return FilePlan.load(self.home.rules / "fileplan.toml")

    @cached_property
    def numbering(self) -> NumberingRules:
        """The series of numbers."""
        from archive.numbering import NumberingRules

        return NumberingRules.load(self.home.rules / "numbering.toml")

    @cached_property
    def access(self) -> AccessRules:
        """Who may know of which records; nobody is named in a home from before there were such."""
        from pipeline.accessrules import AccessRules

        path = self.home.rules / "access.toml"
        return AccessRules.load(path) if path.exists() else AccessRules("", "", {}, {})

    @cached_property
    def approvals(self) -> ApprovalRules:
        """The approval routes."""
        from archive.routes import ApprovalRules

        return ApprovalRules.load(self.home.rules / "approvals.toml")

    @cached_property
    def retention(self) -> RetentionRules:
        """Who may act upon kept dossiers."""
        from archive.retentionrules import RetentionRules

        return RetentionRules.load(self.home.rules / "retention.toml")

    @cached_property
    def inspections(self) -> InspectionRules:
        """What is inspected when, and by whom."""
        from archive.inspectionrules import InspectionRules

        return InspectionRules.load(self.home.rules / "inspection.toml")

    @cached_property
    def completeness(self) -> CompletenessRules:
        """What dossiers must hold; what came with guidang counts until a home has its own."""
        from archive.completeness import CompletenessRules
        from archive.rulesets import packaged

        path = self.home.rules / "completeness.toml"
        return CompletenessRules.load(path if path.exists() else packaged("completeness"))

    @cached_property
    def paper(self) -> PaperRules:
        """How paper is kept; what came with guidang counts until a home has its own."""
        from archive.paperrules import PaperRules
        from archive.rulesets import packaged

        path = self.home.rules / "paper.toml"
        return PaperRules.load(path if path.exists() else packaged("paper"))

    @cached_property
    def fourfold(self) -> FourfoldRules:
        """What dossiers are examined by at filing, at hand-over and in keeping."""
        from pipeline.fourfold.rules import RULES, FourfoldRules

        return FourfoldRules.load(self.home.rules / RULES)

    @cached_property
    def seal_rules(self) -> SealRules:
        """Which seal may be put on what."""
        from archive.seals import SealRules

        return SealRules.load(self.home.rules / "seals.toml")

    @cached_property
    def checks(self) -> CheckRules:
        """What terms and templates are checked by before anything is drafted."""
        from pipeline.checkrules import CHECKS, load_check_rules

        return load_check_rules(self.home.rules / CHECKS)

    @cached_property
    def customers(self) -> CustomerRules:
        """What the firm says of its customers where an order file says nothing."""
        from pipeline.intake.customers import CustomerRules

        return CustomerRules.load(self.home.customers)

    @property
    def seals(self) -> tuple[Seal, ...]:
        """The firm's seals as they stand this moment, their images unopened.

        Read anew each time: a seal put out of use is out of use for the worker that runs.
        Raises RulesUnfit while plain ones lie there that were not taken over.
        """
        from archive.sealbook import all_seals
        from pipeline.sealopening import assert_none_plain

        assert_none_plain(self.home)
        with self.register.read.begin() as session:
            return all_seals(session)

    @cached_property
    def seal_key(self) -> SealKey:
        """The key of the seals' images; raises SealKeyUnfit."""
        from pipeline.sealopening import key_of

        return key_of(self.home, self.settings)

    @cached_property
    def confined(self) -> Confined:
        """The child that looks at PDFs; it starts with the first question."""
        from archive.confined import Confined

        return Confined()

    @cached_property
    def readers(self) -> Readers:
        """The children that read dossiers side by side; they start with enough to read."""
        from archive.readers import Readers

        return Readers(self.store)

    @cached_property
    def signing(self) -> SigningRules:
        """Which papers are signed; none in a home from before there were such rules."""
        from archive.signingrules import SigningRules

        path = self.home.rules / "signing.toml"
        if not path.exists():
            return SigningRules("", "", {})
        return SigningRules.load(path, home=self.home.root)

    @cached_property
    def trust(self) -> Trust:
        """The roots and revocation lists in the trust folder."""
        from archive.signingorder import Trust

        files = sorted(self.home.trust.iterdir()) if self.home.trust.is_dir() else []
        return Trust(
            certificates=tuple(f.read_bytes() for f in files if f.suffix in _CERTIFICATES),
            revocations=tuple(f.read_bytes() for f in files if f.suffix == ".crl"),
        )

    @cached_property
    def signer(self) -> Confined:
        """The child that signs; it sees the variables its token's module needs."""
        from archive.confined import Confined

        names = self.signing.environment
        return Confined(
            environment={each: os.environ[each] for each in names if each in os.environ}
        )

    def close(self) -> None:
        """Stop the children, where any were started."""
        if "signer" in self.__dict__:
            self.signer.close()
        if "confined" in self.__dict__:
            self.confined.close()
        if "readers" in self.__dict__:
            self.readers.close()
        if "renderer" in self.__dict__:
            self.renderer.close()
        if "register" in self.__dict__:
            self.register.engine.dispose()
