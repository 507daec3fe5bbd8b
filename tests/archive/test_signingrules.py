"""Signing is off until the rules turn it on, and no key or PIN lies in the home."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from archive.errors import RulesUnfit, SigningFailed
from archive.rulesets import packaged
from archive.signingorder import KeyKind, SigningLevel
from archive.signingrules import SigningRules

RULES = """version = "1"
enabled = true
[papers.contract]
level = "B-T"
from_amount = "500000.00"
[key]
kind = "pkcs11"
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "guidang"
label = "seal"
pin_file = "{pin}"
[timestamp]
address = "http://127.0.0.1:3161/"
"""


def load(folder: Path, text: str) -> SigningRules:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    path = home / "signing.toml"
    path.write_text(text, "utf-8")
    return SigningRules.load(path, home=home)


def test_nothing_is_signed_unless_the_rules_say_so(tmp_path: Path) -> None:
    rules = SigningRules.load(packaged("signing"), home=tmp_path)

    assert rules.level("contract", Decimal("9000000.00")) is None
    assert (rules.key, rules.pin) == (None, None)


def test_kinds_and_amounts_decide_who_signs(tmp_path: Path) -> None:
    rules = load(tmp_path, RULES.format(pin=tmp_path / "pin"))

    assert rules.level("contract", Decimal("500000.00")) is SigningLevel.TIMED
    assert rules.level("contract", Decimal("499999.99")) is None
    assert rules.level("contract", None) is None
    assert rules.level("acceptance", Decimal("500000.00")) is None
    assert rules.key is not None
    assert (rules.key.kind, rules.key.certificate) == (KeyKind.TOKEN, "seal")


def test_the_pin_comes_from_a_file_nobody_else_reads_or_from_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = tmp_path / "pin"
    rules = load(tmp_path, RULES.format(pin=pin))
    assert rules.pin is not None
    with pytest.raises(SigningFailed, match="读不到口令文件"):
        rules.pin.read()
    pin.write_text("4711\n")
    pin.chmod(0o644)
    with pytest.raises(SigningFailed, match="chmod 600"):
        rules.pin.read()
    pin.chmod(0o600)
    assert rules.pin.read() == "4711"
    text = RULES.format(pin=pin).replace(f'pin_file = "{pin}"', 'pin_variable = "THE_PIN"')
    rules = load(tmp_path, text)
    assert rules.pin is not None
    with pytest.raises(SigningFailed, match="THE_PIN"):
        rules.pin.read()
    monkeypatch.setenv("THE_PIN", "0815")
    assert rules.pin.read() == "0815"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"B-T"', '"B-X"', "B-T 或 B-LTA"),
        ("500000.00", "viel", "from_amount"),
        ('"pkcs11"', '"usb"', "pkcs12 或 pkcs11"),
        ('pin_file = "{pin}"', "", "须写明其一"),
        ('pin_file = "{pin}"', 'pin_file = "{home}/pin"', "不得放在本系统的目录内"),
        ('pin_file = "{pin}"', 'pin_file = "pin"', "绝对路径"),
        ("http://127.0.0.1:3161/", "file:///etc/passwd", "网址"),
        ("[timestamp]", "[timestamp]\ndeadline_seconds = 9999", "600 秒"),
        ("[timestamp]", "[timestamp]\npin = 1", "不认识的键"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in RULES
    text = RULES.replace(old, new).replace("{pin}", str(tmp_path / "pin"))
    with pytest.raises(RulesUnfit, match=said):
        load(tmp_path, text.replace("{home}", str(tmp_path / "home")))
