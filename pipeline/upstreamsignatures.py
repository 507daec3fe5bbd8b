"""Upstream signatures: of the decisions in a file those that count, where the rules want proof."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.instruments import Instrument
from archive.routes import AGREED, UpstreamApproval
from archive.upstreamproof import SIGNATURES, SignatureRule, problem_of, signed_bytes
from pipeline.home import Home
from pipeline.recalling import source_bytes
from pipeline.wiring import Workplace


def proved(
    workplace: Workplace, instrument: Instrument, given: Sequence[UpstreamApproval]
) -> tuple[tuple[UpstreamApproval, ...], str]:
    """Return the decisions that count by their signatures, and what is wrong with the rest.

    A system without a rule of its own needs no signature. A refusal stops the paper whether it
    is signed or not: who would forge one gains nothing by it.
    """
    rules = {rule.source: rule for rule in workplace.approvals.signatures}
    wanted = {each.source for each in given} & set(rules)
    if not wanted:
        return tuple(given), ""
    content = _content(source_bytes(workplace, instrument))
    problems = {
        source: problem
        for source in sorted(wanted)
        if (problem := _problem(workplace.home, rules[source], content)) is not None
    }
    counted = tuple(
        each for each in given if each.source not in problems or each.decision != AGREED
    )
    told = "；".join(f"{source}的意见未计入：{problem}" for source, problem in problems.items())
    return counted, told


def _problem(home: Home, rule: SignatureRule, content: Any) -> str | None:
    if not isinstance(content, dict):
        return "只有 JSON 文件可以带签名"
    key = _key(home, rule)
    if key is None:
        return "本机没有验签密钥，或密钥放在了工作目录之内；请管理员按 rules/approvals.toml 配置"
    extensions = content.get("extensions")
    signatures = extensions.get(SIGNATURES) if isinstance(extensions, dict) else None
    jws = signatures.get(rule.source) if isinstance(signatures, dict) else None
    return problem_of(rule, jws, signed_bytes(content, rule.source), key)


def _key(home: Home, rule: SignatureRule) -> bytes | None:
    """Return the key, None where there is none; one inside the home is none.

    Whoever may write into the home must not be able to choose what is trusted.
    """
    if rule.key_env:
        text = os.environ.get(rule.key_env)
        return text.encode() if text else None
    path = Path(rule.key_file)
    if not path.is_absolute() or path.resolve().is_relative_to(home.root):
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def _content(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode("utf-8-sig"))
    except ValueError:
        return None
