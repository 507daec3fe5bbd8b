"""A home whose journal is lost: nothing is filed, everybody says so, two people begin it anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from pipeline.samplefirms import KEEPERS

TWO = ("--as", KEEPERS["archivists"][0], "--second", KEEPERS["legal"][0], "--reason", "误删")


def test_filing_stops_and_goes_on_once_two_people_answer_for_it(
    house: Any, order: Callable[..., Any]
) -> None:
    house.drop(order(1), "1.json")
    assert house.run_until_idle()["filed"] == 1
    (journal,) = (house.root / "archive").glob("journal-*.jsonl")
    journal.unlink()

    house.drop(order(2), "2.json")
    stopped = house.guidang("run", "--until-idle", "--json")

    assert (stopped.code, stopped.content["error"]["code"]) == (4, "stopped")
    assert "已停止归档" in stopped.content["error"]["message"]
    assert (house.root / "inbox" / "2.json").exists()
    looked = {one["name"]: one for one in house.guidang("doctor", "--json").content["checks"]}
    assert (looked["总账"]["ok"], "audit begin" in looked["总账"]["detail"]) == (False, True)
    assert house.guidang("archive", "verify", "--json").code == 4
    rebuilt = house.guidang("archive", "rebuild", "--replace", "--json")
    assert (rebuilt.code, rebuilt.content["dossiers"]) == (4, 1)
    assert [one["place"] for one in rebuilt.content["damaged"]] == ["journal"]
    assert not list((house.root / "archive").glob("journal-*"))

    assert house.guidang("audit", "begin", *TWO, "--json").code == 0
    assert house.run_until_idle()["filed"] == 1
    assert house.guidang("archive", "verify", "--json").code == 0
    shutil.rmtree(house.root / "archive" / "Q001")
    assert house.guidang("audit", "verify", "--json").code == 4
