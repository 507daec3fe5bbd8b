"""Seal opening: the key of the seals, and an image opened for the one use it is opened for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archive.errors import RulesUnfit, SealImageDamaged, SealKeyUnfit
from archive.sealcase import Seal
from archive.sealvault import SealKey, read_key, unlock
from pipeline.home import Home
from pipeline.samplefirms import COMPANY as SAMPLE_COMPANY
from pipeline.settings import Settings
from pipeline.wiring import Workplace

_LIMIT_BYTES: Final = 8 * 1024 * 1024


def image_file(home: Home, code: str) -> Path:
    """Return where the encrypted image of the seal `code` lies."""
    return home.seals / f"{code}.seal"


def journal_file(home: Home, code: str) -> Path:
    """Return where the history of the seal `code` lies."""
    return home.seals / f"{code}.jsonl"


def sample_key_file(home: Home) -> Path:
    """Return where the sample home keeps its key: it goes and comes with the samples.

    It guards seals that say 样章 and are refused elsewhere, so a key within the home gives
    nothing away; the home can be copied and removed whole.
    """
    return home.samples / "seal.key"


def key_of(home: Home, settings: Settings) -> SealKey:
    """Return the key of this home's seals; raises SealKeyUnfit.

    A key inside the home is refused: whoever copies the home would have both. The sample
    firm's may lie there.
    """
    is_sample = settings.company.name == SAMPLE_COMPANY
    path = settings.seals.key_file
    if path is None and is_sample:
        path = sample_key_file(home)
    if path is None:
        raise SealKeyUnfit(
            "没有设置印章密钥，印章不能登记或使用；先在本目录之外运行 guidang seals key new 文件，"
            "再写入 guidang.toml 的 [seals] key_file"
        )
    path = (home.root / path).resolve()
    if path.is_relative_to(home.root) and not is_sample:
        raise SealKeyUnfit(
            f"印章密钥 {path} 在本目录之内，随目录一同外泄；请移到目录之外并改正设置"
        )
    return read_key(path)


def open_seal(workplace: Workplace, seal: Seal) -> bytes:
    """Return the image of `seal`; raises SealKeyUnfit, SealImageDamaged, never another image."""
    path = image_file(workplace.home, seal.code)
    try:
        with path.open("rb") as file:
            locked = file.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise SealImageDamaged(seal.code, f"读不到文件：{error.strerror}") from error
    return unlock(workplace.seal_key, seal.code, seal.image_sha256, locked)


def assert_none_plain(home: Home) -> None:
    """Raise RulesUnfit where seals lie unencrypted in seals/: they are taken over first."""
    plain = sorted(path.stem for path in home.seals.glob("*.toml"))
    if plain:
        raise RulesUnfit(
            "seals/",
            "",
            f"印章 {'、'.join(plain)} 的图样尚未加密登记，不得用印；请运行 guidang seals migrate",
        )
