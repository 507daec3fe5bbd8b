"""Parties: who they are, their codes and how they are reached (K01, K14, K16)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from stdnum.cn import uscc as standard

from templates.checks.grounds import Grounds
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.terms import ContractTerms, Party

# GB 32100-2015: no I, O, S, V, Z; positions 3 to 8 are the region's digits.
_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_PHONE = re.compile(
    r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|\+\d{6,15}", re.ASCII
)
_ACCOUNT = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z -]*[0-9A-Za-z])?", re.ASCII)
_GAP = re.compile(r"[\u3400-\u9fff][ \u00a0\u3000]+[\u3400-\u9fff]")
_POSTCODE = re.compile(r"(?:邮编|邮政编码)\s*[：:]?\s*([0-9A-Za-z０-９]+)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def check_parties(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield what is wrong with the parties, the firm itself among them where it is known."""
    a, b = terms.party_a, terms.party_b
    yield from _roles(a, b, grounds.firm_name)
    if b.name == grounds.firm_name:
        yield from _firm_code(b, grounds.firm_uscc)
    for side, party in (("party_a", a), ("party_b", b)):
        yield from check_uscc(f"{side}.uscc", party.uscc)
        yield from _phone(f"{side}.phone", party.phone)
        if _GAP.search(party.name):
            message = f"名称“{party.name}”的汉字之间有空格；请按营业执照全称填写"
            yield block("K01", f"{side}.name", message)
        yield from _account(f"{side}.bank_account", party.bank_account)
        yield from _postcode(f"{side}.address", party.address)
        if party.email.strip() and not _EMAIL.fullmatch(party.email):
            message = f"电子邮箱“{party.email}”格式不对；该邮箱用于送达，请核对"
            yield warn("K16", f"{side}.email", message)
    yield from _phone("project.manager_phone", terms.project_manager_phone)


def check_uscc(place: str, code: str) -> Iterator[Finding]:
    """Yield what is wrong with a 统一社会信用代码 (GB 32100-2015).

    A failing check digit is a warning that asks for the licence: early pilot codes are legal
    though they fail it.
    """
    if not code.strip():
        return
    plain = _plain_code(code)
    if _USCC.fullmatch(plain) is None:
        message = (
            f"统一社会信用代码“{code}”格式不对（现为 {len(plain)} 位；应为 18 位数字或大写字母，"
            "不含 I、O、S、V、Z，第 3 至 8 位为数字）；请按营业执照填写"
        )
        yield block("K16", place, message)
        return
    if code != plain and unicodedata.normalize("NFKC", code) == code:
        yield warn("K16", place, f"统一社会信用代码应为大写且不含空格；请改为“{plain}”")
    if standard.calc_check_digit(plain[:17]) != plain[17]:
        message = f"统一社会信用代码“{plain}”校验位不符；请核对并附营业执照副本，由法务人工确认"
        yield warn("K16", place, message)


def _roles(a: Party, b: Party, party_b_name: str | None) -> Iterator[Finding]:
    if a.name.strip() and a.name == b.name:
        yield block("K01", "party_a.name", "甲方与乙方名称相同；请核对")
    elif a.uscc.strip() and a.uscc == b.uscc:
        yield block("K16", "party_a.uscc", "甲方与乙方统一社会信用代码相同；请核对")
    if party_b_name is None or b.name == party_b_name:
        return
    if a.name == party_b_name:
        message = f"甲乙方颠倒：本公司“{party_b_name}”写在了甲方；服务合同中本公司为乙方，请调换"
        yield block("K14", "party_b.name", message)
        return
    message = f"乙方“{b.name}”与本公司登记名称“{party_b_name}”不一致；请逐字核对"
    yield block("K14", "party_b.name", message)


def _account(place: str, number: str) -> Iterator[Finding]:
    plain = unicodedata.normalize("NFKC", number).strip()
    if plain not in {"", "无", "/"} and _ACCOUNT.fullmatch(plain) is None:
        message = (
            f"银行账号“{number}”含有不属于账号的字符（只能是数字、字母、空格和短横线）；"
            "款项将付至此账号，请逐位核对"
        )
        yield block("K16", place, message)


def _postcode(place: str, address: str) -> Iterator[Finding]:
    for found in _POSTCODE.finditer(address):
        if re.fullmatch(r"[0-9]{6}", found[1]) is None:
            yield warn("K16", place, f"邮政编码“{found[1]}”不是 6 位数字；请核对")


def _firm_code(b: Party, own: str | None) -> Iterator[Finding]:
    if own is not None and b.uscc.strip() and _plain_code(b.uscc) != _plain_code(own):
        message = (
            f"乙方统一社会信用代码“{b.uscc}”与本公司登记的“{own}”不一致；请核对订单与 guidang.toml"
        )
        yield block("K14", "party_b.uscc", message)


def _plain_code(code: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).upper()


def _phone(place: str, number: str) -> Iterator[Finding]:
    plain = re.sub(r"[\s()（）]", "", number)
    if plain and _PHONE.fullmatch(plain) is None:
        message = f"电话“{number}”不像手机号、座机号或 400/800 号码；该电话用于联系和送达，请核对"
        yield warn("K16", place, message)
