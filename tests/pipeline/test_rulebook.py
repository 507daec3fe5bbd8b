"""Every rule file of a home can be read before it counts, also those that are off by default."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.founding import found
from pipeline.rulebook import READERS, read_rules

ON = date(2026, 4, 1)


def test_every_rule_file_of_a_home_is_looked_at(tmp_path: Path) -> None:
    home = found(tmp_path / "home", sample=False).home
    told = {file.stem: read_rules(file, on=ON).problem for file in home.rules.glob("*.toml")}
    assert set(told) == set(READERS)
    assert set(told.values()) == {""}
    (home.rules / "customers.toml").write_text("[[customer]]\nkeyz = 3\n", "utf-8")
    assert "keys" in read_rules(home.rules / "customers.toml", on=ON).problem
    (home.rules / "signing.toml").write_text('version = "1"\n', "utf-8")
    assert "enabled" in read_rules(home.rules / "signing.toml", on=ON).problem
