"""Prove an archive's history by its folder alone: python3 verify_history.py ARCHIVE [HEAD]."""

import hashlib
import json
import sys
from pathlib import Path

top, found, standing, hashes = Path(sys.argv[1]), [], {}, {"0" * 64: 0}
bad = OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError


def chain(place, lines, seq=0, previous="0" * 64):
    for line in lines:
        try:
            said = json.loads(line)
            claimed, follows = said.pop("hash"), said["previous"] == previous
            text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            said = {"path": "", "version": 0, "hash": str(claimed)} | said
            if [*map(type, (said["seq"], said["version"], said["path"]))] != [int, int, str]:
                raise TypeError(said)
            if claimed != hashlib.sha256(text.encode()).hexdigest() or line[-1:] != b"\n":
                found.append(f"{place}：第 {seq + 1} 条被改动或残缺 / changed or cut")
            if not follows or said["seq"] != seq + 1:
                found.append(f"{place}：第 {seq + 1} 条缺失、改写或乱序 / removed or re-ordered")
            seq, previous = said["seq"] % 10**18, claimed
            yield said
        except bad as error:
            found.append(f"{place}：第 {seq + 1} 条不可读 / unreadable: {error!r:.200}")


lines = (line for file in sorted(top.glob("journal-????.jsonl")) for line in file.open("rb"))
for link in chain("总账 journal", lines):
    hashes[link["hash"]] = path = link["path"]
    if path:
        standing[path] = [*standing.get(path, [])[: link["version"] - 1], link]
for path in sorted({str(f.parent.relative_to(top)) for f in top.rglob("0=ocfl_o*")} | {*standing}):
    try:
        for link in standing[path]:
            raw, last = (top / path / f"v{link['version']}/inventory.json").read_bytes(), {}
            told = json.loads(raw)
            for digest, names in told["versions"][told["head"]]["state"].items():
                for name in told["manifest"][digest] if "events.jsonl" in names else ():
                    *_, last = chain(path, (top / path / name).open("rb"))
            events = (last.get("seq", 0), last.get("hash", ""), hashlib.sha512(raw).hexdigest())
            if events != (link["events"], link["head"], link["inventory"]):
                found.append(f"{path}：v{link['version']} 与总账不符 / version not as linked")
        newest = len(standing[path]), (top / path / "inventory.json").read_bytes()
        if newest != (link["version"], raw):
            found.append(f"{path}：库中的不是总账末版 / newest version not as linked")
    except bad as error:
        found.append(f"{path}：缺失、多出或不可读 / lost, added or unreadable: {error!r:.200}")
found += ["总账 journal：没有所给的摘要 / no such head"] * (not {*sys.argv[2:]} <= {*hashes})
text = "\n".join([*found, f"{len(standing)} 卷 dossiers, 末条 head {list(hashes)[-1]}\n"])
sys.stdout.buffer.write(text.encode("utf-8", "replace"))
sys.exit(4 if found else 0)
