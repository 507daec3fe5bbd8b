from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jws import packed, sign_hs256

from archive.errors import RulesUnfit
from archive.routes import ApprovalRules
from archive.rulesets import packaged
from archive.upstreamproof import SignatureRule, problem_of, signed_bytes

KEY = b"k" * 32
RULE = SignatureRule("办公审批系统", "HS256", key_env="KEY")
ORDER = {
    "order_no": "XSDD-1",
    "amount": {"total": "100.00"},
    "approvals": [
        {"step": "法务", "opinion": "同意", "source": "办公审批系统"},
        {"step": "起草", "opinion": "同意", "source": "别的系统"},
    ],
    "extensions": {"备注": "无"},
}


def said(order: dict[str, Any], jws: Any, *, key: bytes = KEY, rule: SignatureRule = RULE) -> str:
    return problem_of(rule, jws, signed_bytes(order, rule.source), key) or ""


def signed() -> str:
    return sign_hs256(signed_bytes(ORDER, RULE.source), KEY)


def test_a_signature_proves_the_order_it_was_given_on_wherever_it_stands_in_it() -> None:
    carried = copy.deepcopy(ORDER)
    carried["extensions"]["approval_signatures"] = {RULE.source: signed()}
    carried = dict(reversed(carried.items()))
    assert said(carried, signed()) == ""


def changed(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(order: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        place: Any = order
        for step in steps:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed("order_no", "XSDD-2"),
        changed("amount.total", "100.01"),
        changed("approvals.0.opinion", "不同意"),
        changed("extensions.备注", "有"),
        lambda order: order["approvals"].append(dict(order["approvals"][0])),
        lambda order: order["approvals"].pop(0),
    ],
)
def test_nothing_of_the_order_can_be_exchanged_under_its_signature(
    change: Callable[[dict[str, Any]], None],
) -> None:
    other = copy.deepcopy(ORDER)
    change(other)
    assert "签名与内容不符" in said(other, signed())


@pytest.mark.parametrize(
    "jws",
    [None, 7, "", "..", "a.b.c", "%%%..%%%", signed()[:-4], signed().replace("..", ".eA.")],
)
def test_what_is_no_signature_proves_nothing(jws: Any) -> None:
    assert said(ORDER, jws)


def test_the_header_does_not_choose_the_algorithm() -> None:
    for header in (b'{"alg":"none"}', b'{"alg":"EdDSA"}', b'{"alg":"HS256","crit":["b64"]}', b"[]"):
        forged = f"{packed(header).decode()}..{signed().partition('..')[2]}"
        assert said(ORDER, forged)


def test_a_public_key_is_no_shared_secret() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    rule = SignatureRule(RULE.source, "EdDSA", key_env="KEY")
    header = packed(b'{"alg":"EdDSA"}')
    message = header + b"." + packed(signed_bytes(ORDER, RULE.source))
    jws = f"{header.decode()}..{packed(private.sign(message)).decode()}"
    assert said(ORDER, jws, key=pem, rule=rule) == ""
    with_public = sign_hs256(signed_bytes(ORDER, RULE.source), pem)
    assert said(ORDER, with_public, key=pem, rule=rule)
    assert "不是 PEM" in said(ORDER, jws, key=b"x" * 40, rule=rule)


def test_a_short_secret_is_refused() -> None:
    jws = sign_hs256(signed_bytes(ORDER, RULE.source), b"short")
    assert "不足 32 字节" in said(ORDER, jws, key=b"short")


@pytest.mark.parametrize(
    "rule",
    [
        'source = "OA"\nalgorithm = "none"\nkey_env = "K"',
        'source = "OA"\nalgorithm = "HS256"',
        'source = "OA"\nalgorithm = "HS256"\nkey_env = "K"\nkey_file = "/k"',
        'source = "OA"\nalgorithm = "HS256"\nkey_env = "K"\nkey = "secret"',
    ],
)
def test_a_rule_that_proves_nothing_is_refused(tmp_path: Path, rule: str) -> None:
    path = tmp_path / "approvals.toml"
    text = packaged("approvals").read_text("utf-8")
    path.write_text(f"{text}\n[[signatures]]\n{rule}\n", "utf-8")
    with pytest.raises(RulesUnfit):
        ApprovalRules.load(path)
