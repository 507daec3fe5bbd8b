"""Where the rules ask for it a contract is signed on its way; a failing clock is a retry."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.copying import CopyKind, CopyMark, derive
from archive.examination import examine
from archive.signingorder import Trust
from pipeline import samples
from pipeline.authenticity import Identity, check_file
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.knowing import ALL
from pipeline.listing import list_instruments, show_instrument
from pipeline.naming import find_instrument
from pipeline.wiring import Workplace
from pipeline.worker import Worker

RULES = """version = "t"
enabled = true
[papers.contract]
level = "B-LTA"
[key]
kind = "pkcs12"
file = "{file}"
pin_variable = "SIGNING_TEST_PIN"
deadline_seconds = 120
[timestamp]
address = "{address}"
"""


@pytest.mark.requirement_part("F-202")
def test_a_contract_is_signed_on_its_way_and_a_failing_clock_is_tried_again(
    *,
    tmp_path: Path,
    key_file: Path,
    stamp_server: Any,
    ours: Any,
    monkeypatch: pytest.MonkeyPatch,
    verdict: Callable[[bytes], str],
) -> None:
    monkeypatch.setenv("SIGNING_TEST_PIN", "样例口令-4711")
    home = found(tmp_path / "home", sample=True).home
    rules = RULES.format(file=key_file, address=stamp_server.address)
    (home.rules / "signing.toml").write_text(rules, "utf-8")
    (home.trust / "root.pem").write_bytes(ours.root_pem)
    good = stamp_server.answer

    def first_down(_asked: bytes) -> tuple[int, str, bytes]:
        stamp_server.answer = good
        return 503, "text/plain", b"down"

    stamp_server.answer = first_down
    (home.inbox / "order.json").write_text(json.dumps(samples.sample_order(1)), "utf-8")
    workplace = Workplace(home.root)
    tally = Worker(workplace, SilentProgress()).run(until_idle=True)
    with workplace.register.read.begin() as session:
        (listed,) = list_instruments(session, state=None, kind=None, text=None, limit=9, known=ALL)
        paper = find_instrument(session, listed["contract_number"])
        assert paper is not None
        attempts, shown = paper.attempts, show_instrument(session, home, paper, ALL)
    sealed_path = next(home.root / f["path"] for f in shown["files"] if f["role"] == "sealed")
    checked = check_file(workplace, sealed_path)
    workplace.close()

    assert (checked.identity, checked.is_confirmed) == (Identity.FILED, True)
    assert (tally.filed, attempts) == (1, 1)
    files = {file["role"]: home.root / file["path"] for file in shown["files"]}
    sealed = files["sealed"].read_bytes()
    signed, stamp = examine(sealed, Trust((ours.root_pem,)))["signatures"]
    assert (signed["field"], signed["intact"], signed["trusted"]) == ("PartyB", True, True)
    assert stamp["what"] == "文档时间戳"
    assert verdict(sealed) == "pass"
    assert verdict(derive(sealed, CopyMark(CopyKind.ORIGINAL, 1, 4))) == "pass"
    proof = json.loads(files["seal_proof"].read_bytes())
    assert (proof["way"], proof["imprints"]) == ("电子签名", [])
    assert proof["signature"]["level"] == "B-LTA"
    (event,) = (each for each in shown["events"] if each["action"] == "contract:sealed")
    assert event["details"]["way"] == "电子签名"
    everything = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert "样例口令-4711".encode() not in everything
