"""Settings: how this installation runs; business rules are not settings but versioned data."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class SettingsRefused(Exception):
    """The settings file or an environment variable cannot be used; says which and why."""


class CompanySettings(BaseModel):
    """The firm that runs this installation; always the service side of its contracts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    uscc: str = Field(min_length=1)
    number_prefix: str = Field(min_length=1, pattern=r"^[A-Z0-9]+$")


class InboxSettings(BaseModel):
    """How the inbox is watched; durations in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    watch: Literal["auto", "events", "polling"] = "auto"
    settle_seconds: float = Field(default=1.0, gt=0, le=600)
    scan_seconds: float = Field(default=5.0, gt=0, le=3600)
    unfinished_seconds: float = Field(default=30.0, gt=0, le=86400)


class RenderingSettings(BaseModel):
    """How many office children convert, and when they are replaced."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    children: int = Field(default=2, ge=1, le=32)
    """How many in all; each process has its share, and one at least."""
    recycle_after: int = Field(default=200, ge=1)
    memory_limit_mb: int = Field(default=600, ge=100)


class IndexSettings(BaseModel):
    """How many records one commit of the index takes at most, and its server if it has one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch: int = Field(default=200, ge=1, le=5000)
    every_seconds: float = Field(default=1.0, gt=0, le=60)
    """The longest a filed record waits for a commit while work goes on; else it is made at once."""
    server: str | None = None
    """How the engine postgres is reached, e.g. host=db user=guidang dbname=guidang."""


class VerificationSettings(BaseModel):
    """Where a paper is checked by its QR code: the address it leads to, None for the bare text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str | None = Field(default=None, max_length=64, pattern=r"^https?://[!-~]+[^/]$")


class SealSettings(BaseModel):
    """Where the key of the seals' images lies: outside the home, so that a copy of it opens none.

    A path that is not absolute begins at the home.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_file: Path | None = None


class BackupSettings(BaseModel):
    """Where backups of this home lie, and the file each finished one leaves beside it.

    `folder` is None where nobody said; `marker` is looked for in it and one folder below.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path | None = None
    marker: str = Field(default="BACKUP-OK", min_length=1, pattern=r"^[^/]+$")


class AntivirusSettings(BaseModel):
    """Which scanner looks at dossiers: clamscan or clamdscan with its options; none as shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...] = ()
    timeout_seconds: float = Field(default=600.0, gt=0, le=86400)


class Settings(BaseSettings):
    """Everything a person may set, from guidang.toml and GUIDANG_* variables."""

    model_config = SettingsConfigDict(
        env_prefix="GUIDANG_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    company: CompanySettings
    inbox: InboxSettings = InboxSettings()
    rendering: RenderingSettings = RenderingSettings()
    index: IndexSettings = IndexSettings()
    verification: VerificationSettings = VerificationSettings()
    seals: SealSettings = SealSettings()
    backups: BackupSettings = BackupSettings()
    antivirus: AntivirusSettings = AntivirusSettings()
    lanes: int = Field(default=3, ge=1, le=64)
    """How many orders each process works on side by side."""
    processes: int = Field(
        default_factory=lambda: min(4, len(os.sched_getaffinity(0))), ge=1, le=32
    )
    """How many processes work while many orders wait, the one that watches the inbox included."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("company")
    @classmethod
    def _trimmed(cls, company: CompanySettings) -> CompanySettings:
        if company.name != company.name.strip():
            raise ValueError("company.name has blanks at its ends")
        return company

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(path: Path) -> Settings:
    """Return the settings in `path`, overridden by the environment; raises SettingsRefused."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{path.name}: {error}") from error
    try:
        return Settings(**content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        )
        raise SettingsRefused(f"{path.name}: {problems}") from error
