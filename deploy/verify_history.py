"""Prove an archive's history by its folder alone: python3 verify_history.py ARCHIVE [HEAD]."""

import hashlib
import json
import sys
from pathlib import Path

top, found, standing, hashes = Path(sys.argv[1]), [], {}, {"0" * 64: 0}
bad = OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError
COUNTS, KINDS = ("events", "seq", "version"), ("begun", "buried", "chain", "kept")
TEXTS = "at hash head inventory object path previous told"
SHAPE = dict.fromkeys(TEXTS.split(), str) | dict.fromkeys(COUNTS, int)


def dumps(said):
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chain(place, lines, *, exact=False, seq=0, previous="0" * 64):
    for line in lines:
        try:
            said, where = json.loads(line), f"{place}：第 {seq + 1} 条"
            cut = line[-1:] != b"\n" or (exact and line[:-1] != dumps(said).encode())
            claimed = said.pop("hash")
            moved = (said["previous"], said["seq"]) != (previous, seq + 1)
            cut |= claimed != hashlib.sha256(dumps(said).encode()).hexdigest()
            found.extend([f"{where}被改动或残缺 / changed or cut"] * cut)
            found.extend([f"{where}缺失、改写或乱序 / removed or re-ordered"] * moved)
            seq, previous = said["seq"] % 10**18, claimed
            yield {"hash": str(claimed)} | said
        except bad as error:
            found.append(f"{place}：第 {seq + 1} 条不可读 / unreadable: {error!r:.200}")


aside = sorted(f for f in top.glob("journal-*.aside-*.jsonl") if f.is_file())
kept = hashlib.sha512()
for file in aside:
    kept.update(file.read_bytes())
aside = "、".join(file.name for file in aside), kept.hexdigest() if aside else ""
lines = (line for file in sorted(top.glob("journal-????.jsonl")) for line in file.open("rb"))
for link in chain("总账 journal", lines, exact=True):
    shape = {k: type(link[k]) for k in link if k != "why" or not link[k] or link[k] != str(link[k])}
    known = shape == SHAPE and link["told"] in KINDS and min(map(link.get, COUNTS)) >= 0
    if not known or (link["seq"] == 1) != (link["told"] == "begun"):
        found.append(f"总账：第 {link['seq']} 条不成一条 / no link")
        continue
    if link["told"] == "begun" and (link["object"], link["inventory"]) != aside:
        found.append("总账：存放的旧总账缺失、多出或被改动 / journals set aside not as told")
    hashes[link["hash"]] = path = link["path"]
    if link["told"] in ("kept", "buried"):
        standing[path] = [*standing.get(path, [])[: link["version"] - 1], link]
for path in sorted({str(f.parent.relative_to(top)) for f in top.rglob("0=ocfl_o*")} | {*standing}):
    try:
        (top / path / "0=ocfl_object_1.1").read_bytes()
        for link in standing[path]:
            raw, last = (top / path / f"v{link['version']}/inventory.json").read_bytes(), {}
            told = json.loads(raw)
            for digest, names in told["versions"][told["head"]]["state"].items():
                for name in told["manifest"][digest] if "events.jsonl" in names else ():
                    *_, last = chain(path, (top / path / name).open("rb"))
            events = (last.get("seq", 0), last.get("hash", ""), hashlib.sha512(raw).hexdigest())
            differs = events != (link["events"], link["head"], link["inventory"])
            found += [f"{path}：v{link['version']} 与总账不符 / version not as linked"] * differs
        newest = len(standing[path]), (top / path / "inventory.json").read_bytes()
        sidecar = (top / path / "inventory.json.sha512").read_text().split()
        differs = newest != (link["version"], raw) or sidecar != [events[2], "inventory.json"]
        found += [f"{path}：库中的不是总账末版 / newest version not as linked"] * differs
    except bad as error:
        found.append(f"{path}：缺失、多出或不可读 / lost, added or unreadable: {error!r:.200}")
found += ["总账 journal：没有所给的摘要 / no such head"] * (not {*sys.argv[2:]} <= {*hashes})
declared = b"".join(f.read_bytes() for f in top.glob("0=ocfl_1.1")) == b"ocfl_1.1\n"
is_empty = top.is_dir() and not any(top.iterdir())
found += ["库：没有声明 0=ocfl_1.1 / not declared"] * (not declared and not is_empty)
text = "\n".join([*found, f"{len(standing)} 卷 dossiers, 末条 head {list(hashes)[-1]}\n"])
sys.stdout.buffer.write(text.encode("utf-8", "replace"))
sys.exit(4 if found else 0)
