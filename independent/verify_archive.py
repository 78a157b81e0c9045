#!/usr/bin/env python3
"""Verifies an archive without the program that wrote it: ledger, checkpoints, proofs, bags, samples.

Plain Python 3.11 that shares no code with `archive` and writes nothing; from docs/formats.md, c2sp.org
(signed-note, tlog-checkpoint, tlog-tiles, tlog-proof) and RFC 8032, 8493 and 9162. Exit 0: all holds.
1: something kept is not what was recorded. 5: broken evidence. 2: misuse, or bags in tars: not looked at."""
import argparse, base64, bisect, fractions, functools, glob, hashlib, html, json, math, os, re, stat, sys

# ---- Ed25519 verification: RFC 8032 section 5.1, in extended coordinates -------------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P
def multiply(scalar, point):
    result = (0, 1, 1, 0)
    for bit in f"{scalar:b}":
        result = add(result, result) if bit == "0" else add(add(result, result), point)
    return result
def decode_point(raw):
    y, sign = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    return (x, y, 1, x * y % P) if x & 1 == sign else (P - x, y, 1, (P - x) * y % P)
BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(public, signature, message):
    point, s = decode_point(public), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    r = add(multiply(s, BASE), multiply(h, (P - point[0], point[1], 1, P - point[3])))
    inverse = pow(r[2], P - 2, P)
    return (r[1] * inverse % P | (r[0] * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]

# ---- Keys, checkpoints, proofs -------------------------------------------------------------------
unbase64 = functools.partial(base64.b64decode, validate=True)
def parse_key(text):
    """(name, key id, public key) of an Ed25519 verifier key."""
    name, identifier, encoded = text.strip().split("+", 2)
    raw = unbase64(encoded)
    key_id = sha256(name.encode(), b"\n", raw)[:4]
    if len(raw) != 33 or raw[0] != 1 or key_id.hex() != identifier:
        raise ValueError(f"not a verifier key: {text}")
    return name, key_id, raw[1:]
def open_checkpoint(raw, place):
    """(origin, size, root, text, signatures, place) of a checkpoint; no signature is looked at."""
    text, _, lines = raw.decode().rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    if not lines.endswith("\n"):
        raise ValueError(f"{place}: not a signed note to its end")
    signed = [(name, unbase64(value)) for _, name, value in map(str.split, lines.splitlines())]
    return origin, int(size), unbase64(root), text + "\n", [(n, v[:4], v[4:]) for n, v in signed], place
def require_signature(checkpoint, key):
    origin, _, _, text, signatures, place = checkpoint
    mine = [value for name, key_id, value in signatures if (name, key_id) == key[:2]]
    if origin != key[0] or not mine or not all(is_signed(key[2], value, text.encode()) for value in mine):
        raise ValueError(f"{place}: not signed by {key[0]}+{key[1].hex()}")
def is_signed_note(path, keys):
    """Whether a file is a checkpoint that one of the keys signed."""
    for _, key in keys:
        try:
            return require_signature(open_checkpoint(read(path), path), key) is None
        except (OSError, ValueError):
            pass
    return False
def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
def read_blocks(raw, kind):
    blocks = re.findall(rb'<pre class="%s">\n(.*?)</pre>' % kind, raw, re.DOTALL)
    return [html.unescape(block.decode()).encode() for block in blocks]
def read_proofs(raw):
    """The proofs in a file: the file itself, or those in a receipt; none where it is neither."""
    return [raw] if raw.startswith(b"c2sp.org/tlog-proof@v1\n") else read_blocks(raw, b"tlog-proof")

PROOF = rb"c2sp.org/tlog-proof@v1\nextra (\S*)\nindex (0|[1-9][0-9]{0,18})((?:\n\S+){0,63})"
def check_proof(raw, place):
    """(entry, checkpoint, {range: hash}) of a proof that leads from its entry to its checkpoint."""
    head, _, note = raw.partition(b"\n\n")
    if not (form := re.fullmatch(PROOF, head)):
        raise ValueError(f"{place}: not a proof with its entry")
    checkpoint, entry, index, nodes = open_checkpoint(note, place), unbase64(form[1]), int(form[2]), {}
    siblings = [unbase64(each) for each in form[3].split()]
    def climb(start, end):  # a root, RFC 9162 section 2.1.3.1; the last of the hashes is the topmost
        nodes[start, end] = sha256(b"\0", entry)
        if end - start > 1:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            left, right = (start, middle), (middle, end)
            nodes[right if index < middle else left] = siblings.pop()
            climb(*(left if index < middle else right))
            nodes[start, end] = sha256(b"\1", nodes[left], nodes[right])
        return nodes[start, end]
    if not 0 <= index < checkpoint[1] or climb(0, checkpoint[1]) != checkpoint[2] or siblings:
        raise ValueError(f"{place}: the proof of entry {index} does not give the root of its checkpoint")
    return entry, checkpoint, nodes
def check_proofs(path):
    """(entry, checkpoint) of each proof in a file; ValueError where they are of two ledgers or histories."""
    checked, seen = [check_proof(raw, path) for raw in read_proofs(read(path))], {}
    if len({checkpoint[0] for _, checkpoint, _ in checked}) > 1:
        raise ValueError(f"{path}: proofs of several ledgers")
    for (first, end), value in (node for _, _, nodes in checked for node in nodes.items()):
        if seen.setdefault((first, end), value) != value:
            raise ValueError(f"{path}: proofs of two histories, which part in the entries {first} to {end - 1}")
    return [(entry, checkpoint) for entry, checkpoint, _ in checked]

# ---- The ledger ----------------------------------------------------------------------------------
MOST = 1 << 28  # bytes of a tag file, a manifest, a record: more is nothing that the archive writes
def open_plain(*names, most=MOST):
    """A stream of a plain file of up to `most` bytes; a link, a pipe or a device is refused."""
    descriptor = os.open(os.path.join(*names), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
        os.close(descriptor)
        it = "not a plain file" if not stat.S_ISREG(status.st_mode) else f"{status.st_size} bytes, at most {most}"
        raise OSError(f"{names[-1]}: {it}")
    return open(descriptor, "rb")
def read(*names, most=MOST):
    with open_plain(*names, most=most) as stream:
        return stream.read()
written = functools.partial(json.dumps, ensure_ascii=False, sort_keys=True)
def digest(*names, note=False, most=MOST):
    """The SHA-512 of a file; of a note the SHA-256 of its salt and text, which the ledger holds."""
    try:
        if note:
            said = json.loads(raw := read(*names))
            whole = written(said).encode() + b"\n" == raw and len(said) == 2
            return whole and sha256(b"\2archive note v1\n", unbase64(said["salt"]), said["text"].encode()).hex()
        with open_plain(*names, most=most) as stream:
            return hashlib.file_digest(stream, "sha512").hexdigest()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as trouble:
        return f"unreadable: {trouble}"
def digest_of(path):
    """The SHA-512 of a file of any size, which is not the archive's; OSError where it cannot be read."""
    with open_plain(path, most=math.inf) as stream:
        return hashlib.file_digest(stream, "sha512").hexdigest()
def tile_name(level, number, width):
    *above, last = re.findall("...", f"{number:018d}".lstrip("0").zfill(-(-len(f"{number:03d}") // 3) * 3))
    whole = f"ledger/tile/{level}/" + "".join(f"x{part}/" for part in above) + last
    return whole if width == 256 else f"{whole}.p/{width}"
def read_entries(archive, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        raw = read(archive, name := tile_name("entries", first // 256, width), most=256 * 65537)
        for _ in range(width):
            end = 2 + int.from_bytes(raw[:2], "big")
            if end > len(raw):
                raise ValueError(f"{name}: ends within an entry")
            yield raw[2:end]
            raw = raw[end:]
        if raw:
            raise ValueError(f"{name}: bytes behind its last entry")

def grow(leaves, sizes):
    """Roots at the sizes asked for, and the hashes of each tile level: {level: [hashes]}."""
    peaks, roots, levels = [], {0: sha256()}, {}
    for count, value in enumerate(leaves, 1):
        for height in range((count & -count).bit_length()):  # a subtree closes for each zero at its end
            value = sha256(b"\1", peaks.pop(), value) if height else value
            if height % 8 == 0:
                levels.setdefault(height // 8, []).append(value)
        peaks.append(value)
        if count in sizes:
            roots[count] = functools.reduce(lambda right, left: sha256(b"\1", left, right), reversed(peaks))
    return roots, levels

def read_keys(entries, brought):
    """[(entry, key from there on)]; ValueError where they do not lead from the one brought to today's."""
    keys = [(0, parse_key(entries[0]["key"]))]
    led = brought in (None, keys[0][1])
    for index, entry in enumerate(entries):
        if entry["type"] in ("key changed", "key replaced"):  # changed: the old key signed the new one
            said = f"archive key change v1\n{entry['previous']}\n{entry['key']}\n{index}\n".encode()
            signed = is_signed(keys[-1][1][2], unbase64(entry.get("signature", "")), said)
            if (entry["type"] == "key changed") != signed or parse_key(entry["previous"]) != keys[-1][1]:
                raise ValueError(f"entry {index}: the key before it did not sign the new key")
            keys.append((index, parse_key(entry["key"])))
            led = led and (signed or not brought) or brought == keys[-1][1]
    if led:
        return keys
    raise ValueError("the key that you brought does not lead to the one in force")

def verify_ledger(archive, options):
    """The entries of a ledger that holds, and the size of --at; ValueError says what contradicts it."""
    kept = f"{archive}/ledger/checkpoint"
    size = open_checkpoint(read(kept), kept)[1]
    names = sorted({str(size), *filter(str.isdecimal, os.listdir(f"{kept}s"))}, key=int)  # the newest has to be there
    own = [kept, *(f"{kept}s/{name}" for name in names if int(name) <= size)]
    notes = [open_checkpoint(read(path), path) for path in own + options.at]
    if other := [path for path, note in zip(own[1:], notes[1:]) if os.path.basename(path) != str(note[1])]:
        raise ValueError(f"{other[0]}: a checkpoint of another size than its name says")
    files = [(path, read(path)) for path in options.trust]
    brought = [open_checkpoint(raw, path) for path, raw in files if not read_proofs(raw)]
    brought += [check_proof(each, path)[1] for path, raw in files for each in read_proofs(raw)]
    sizes = {note[1] for note in notes + brought}
    entries = list(read_entries(archive, size))
    roots, levels = grow((sha256(b"\0", entry) for entry in entries), sizes)
    for note in notes + brought:
        if note[1] > size:
            raise ValueError(f"{note[1]} entries were signed, the ledger ends at {size}: cut off or replayed")
        if roots[note[1]] != note[2]:
            raise ValueError(f"the first {note[1]} entries are not those of a checkpoint that was signed")
    for level, at in ((level, at) for level in levels for at in range(0, len(levels[level]), 256)):
        part = levels[level][at : at + 256]
        if read(archive, tile_name(level, at // 256, len(part))) != b"".join(part):
            raise ValueError(f"{tile_name(level, at // 256, len(part))}: not the hashes of the entries")
    parsed = [json.loads(entry) for entry in entries]
    keys = read_keys(parsed, options.key)
    for note in notes + brought:  # each by the key that was in force at its size
        require_signature(note, [key for index, key in keys if index < note[1]][-1])
    for path in (f"{kept}s/{name}" for name in names if int(name) > size):
        if is_signed_note(path, keys):  # else it is what a commit left that was cut off
            why = "; a run of archive copy may have been cut off" * os.path.lexists(f"{archive}/.unfinished-copy")
            raise ValueError(f"{path}: more was signed than the {size} entries of the ledger{why}")
    trust = f"proven against what you brought, the first {max(n[1] for n in brought)}" if brought else ""
    whose = "by your key" if options.key else "by its own key"
    print(f"ledger: all {size} entries hold, {whose}; trust basis:", trust or "consistent with itself only")
    return parsed, notes[-1][1] if options.at else size

# ---- Bags and samples ----------------------------------------------------------------------------
def promised(entries):
    """{bag: [entry, folder, tag manifest's SHA-512, payload digests, its bytes]}; no folder once destroyed."""
    bags = {}
    for number, entry in enumerate(entries):
        bag, kind = entry.get("bag"), entry["type"]
        if kind == "ingestion":
            bags[bag] = [number, f"bags/{bag[-2:]}/{bag}", entry["tagmanifest"], entry["payload"], entry["bytes"]]
        elif bag in bags:
            moves = {"withdrawal": f"quarantine/withdrawn/{bag[-2:]}/{bag}", "disposal": ""}
            bags[bag][1:3] = moves.get(kind, bags[bag][1]), entry.get("tagmanifest", bags[bag][2])
    return bags
def parse_manifest(raw):  # RFC 8493 section 2.1.3
    lines = (line.split("  ", 1) for line in raw.decode().removesuffix("\n").split("\n") if raw)
    return {re.sub("%(0A|0D|25)", lambda code: chr(int(code[1], 16)), path): digest for digest, path in lines}
TOPS = "bags", "ledger", "notes", "runs", "audits", "quarantine", "staging"
def misplaced(root, known):
    """[(place, what)] of what lies where none is recorded, or is not where one is; of folders that are links."""
    linked = [(top, "a link in the place of a folder") for top in TOPS if os.path.islink(f"{root}/{top}")]
    stray = [path for path in glob.glob("bags/*", root_dir=root, include_hidden=True)
             if not re.fullmatch("bags/[0-9a-f]{2}", path) or os.path.islink(it := f"{root}/{path}") or not os.path.isdir(it)]
    expected, gone = {it[1] for it in known.values()} - {""}, {bag for bag in known if not known[bag][1]}
    tops = "bags/*/*", "quarantine/withdrawn/*/*", "quarantine/damaged/*/*/*"
    there = {path for top in tops for path in glob.glob(top, root_dir=root, include_hidden=True)}
    extra = {path for path in there - expected if path.startswith("bags/") or gone & {*path.split("/")}}
    wrong = [(os.path.basename(path), f"{path}: not where it is recorded") for path in sorted(extra | expected - there)]
    return linked + [(path, "not recorded") for path in stray] + wrong

def check_bag(root, place, tag_manifest, payload, size):
    """What is wrong with a bag: nothing where every byte and every name is as recorded."""
    folder, found, wrong = f"{root}/{place}", {}, []
    if os.path.realpath(folder) != f"{os.path.realpath(root)}/{place}":
        return ["a link stands in its way"]
    for top, folders, names in os.walk(folder, onerror=lambda why: wrong.append(f"unreadable: {why}")):
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        for path in (os.path.join(top, name)[len(folder) + 1 :] for name in names + links):
            theirs = path.startswith("metadata/submission/")  # a depositor's own, of any size
            found[path] = digest(folder, path, most=size if path.startswith("data/") else math.inf if theirs else MOST)
        if not folders + names:
            found[top[len(folder) + 1 :] + "/"] = "an empty folder"
    try:
        listed, files = (parse_manifest(read(f"{folder}/{tag}manifest-sha512.txt")) for tag in ("tag", ""))
    except (OSError, ValueError, MemoryError) as trouble:
        return [*wrong, f"its manifests cannot be read: {str(trouble) or 'no memory'}"]
    own = {"sha512": ",".join(files.values()), "manifest-sha512": found.get("manifest-sha512.txt")}
    if any(own[kind] != digest for kind, digest in payload.items()):
        wrong.append("manifest-sha512.txt: not the payload that was recorded")
    listed |= files | {"tagmanifest-sha512.txt": tag_manifest} | ({} if files else {"data/": "an empty folder"})
    differ = [path for path in sorted({*listed, *found}) if listed.get(path) != found.get(path)]
    return wrong + [f"{path}: recorded {listed.get(path)}, found {found.get(path)}" for path in differ]

def is_begun(root, number, entry):
    """Whether the plan of an audit or copy says what the entry of its beginning says of it."""
    try:
        plan = json.loads(raw := read(root, f"audits/{entry['run']}/plan.json"))
        lines = ",\n".join(f"  {written(name)}: {written(plan[name])}" for name in sorted(plan))
        choice = hashlib.sha512(written(plan.get("choice") or {}, separators=(",", ":")).encode()).hexdigest()
        said = {"version": 1, "entry": plan.get("entry") if plan.get("unsigned") is True else number,
                "started": plan["started"] if entry["type"] == "copy started" else entry["time"]}
        said |= {name: entry.get(name) for name in ("run", "mode", "copy")}
        return (f"{{\n{lines}\n}}\n".encode() == raw and plan.keys() <= said.keys() | {"choice", "unsigned"}
                and all(plan.get(name) == it for name, it in said.items())
                and plan.get("entry", number) == number and entry.get("choice", choice) == choice)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
def is_waiting(root, path):
    """Whether this is an audit that nobody signed yet."""
    try:
        return json.loads(read(root, path, "plan.json")).get("unsigned") is True
    except (OSError, ValueError, AttributeError):
        return False
LITTER = (r"(eh)?thumbs\.db|desktop\.ini|system volume information|\$recycle\.bin|recycler|__macosx|lost\+found|~\$.+"
          r"|.+:zone\.identifier|icon[\r\uf00d]|\.(_.+|~lock\..+#|nfs[0-9a-f]{8,}|fuse_hidden[0-9a-f]+|ds_store|localized)"
          r"|\.(directory|ap(disk|pledouble)|trash(es|-\d+)?|(spotlight|documentrevisions)-v100|fseventsd|temporaryitems)")
def misrecorded(root, entries):
    """[(path, what)] of runs, results, repairs and notes not as recorded; a note may have been removed."""
    wanted, begun, ended, told = {}, {}, set(), set()
    for number, entry in enumerate(entries):
        kind, run, bag = entry["type"], f"audits/{entry.get('run')}", entry.get("bag")
        for note in {entry.get("note"), *entry.get("notes", ())} - {None}:
            if os.path.lexists(f"{root}/notes/{note[:2]}/{note}.json"):
                wanted[f"notes/{note[:2]}/{note}.json"] = note
        aside = f"quarantine/damaged/{bag[-2:]}/{bag}" if bag else "quarantine/damaged/archive"
        if kind == "run closed":
            wanted[f"runs/{entry['run']}.json"] = entry["manifest"]
        elif kind == "repaired":
            wanted[f"{aside}/{entry['run']}/record.json"] = entry["record"]
        elif kind == "disposal":
            wanted = {path: it for path, it in wanted.items() if not path.startswith(f"{aside}/")}
        elif kind in ("audit started", "copy started", "copy audit started"):
            begun.setdefault(run, (number, entry))
        elif "results" in entry:
            want = entry["results"]
            held = [it for it in glob.glob(f"{run}/results-*.json", root_dir=root) if digest(root, it) == want]
            wanted[held[0] if held else f"{run}/results-1.json"] = want
            for chunk in json.loads(read(root, held[0]))["chunks"] if held else ():
                wanted[f"{run}/{chunk['file']}"] = chunk["sha512"]
            (ended.discard if entry.get("interrupted") else ended.add)(run)
            told.add(run)
    wrong = [(f"{run}/plan.json", "not what the audit was begun with") for run in sorted(begun)
             if (run in told or os.path.lexists(f"{root}/{run}/plan.json")) and not is_begun(root, *begun[run])]
    known = {*wanted, *begun, *told, *(f"{run}/plan.json" for run in begun)}
    tops = "runs/*", "audits/*", *(f"{run}/*" for run in ended)
    for path in sorted({path for top in tops for path in glob.glob(top, root_dir=root, include_hidden=True)} - known):
        if not re.fullmatch(LITTER, os.path.basename(path), re.I) and not (path.startswith("audits/") and is_waiting(root, path)):
            wrong.append((path, "not recorded"))
    sizes = {"runs": 1 << 34, "audits": 1 << 32}  # of a run's manifest, of compressed results
    pairs = ((path, digest(root, path, note=path.startswith("notes/"), most=sizes.get(path.split("/")[0], MOST)))
             for path in sorted(wanted))
    return [(path, f"recorded {wanted[path]}, found {it}") for path, it in pairs if it != wanted[path]] + wrong

def draw(bags, options):
    """As many bags as show a bad one, with that confidence, if more than that share of all were bad."""
    total, doubt, high = len(bags), 1 - fractions.Fraction(options.confidence) / 100, 1
    bad = min(total, total * fractions.Fraction(options.at_most) // 100 + 1)
    def suffices(size):  # hypergeometric: C(total - bad, size) / C(total, size) show none of the bad ones
        fewer, more = sorted((size, bad))
        return math.comb(total - more, fewer) <= doubt * math.comb(total, fewer)
    while high < total and not suffices(high):
        high = min(2 * high, total)
    size = bisect.bisect_left(range(high), True, key=suffices)
    return sorted(bags, key=lambda bag: hashlib.sha256(f"{options.seed}\n{bag}".encode()).digest())[:size]

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("ledger", "bags", "sample", "proof"))
    parser.add_argument("path", help="the archive's folder; for proof: a proof or receipt")
    parser.add_argument("--key", type=parse_key, help="the public key as given to you")
    parser.add_argument("--trust", action="append", default=[], help="a kept checkpoint, proof or receipt")
    parser.add_argument("--document", action="append", default=[], help="for proof: is this what was taken in?")
    parser.add_argument("--at", action="append", default=[], help="sample what was held at this checkpoint")
    parser.add_argument("--seed", help="read only a sample of the bags, drawn with this text")
    parser.add_argument("--confidence", default="95", help="of the sample, in percent")
    parser.add_argument("--at-most", default="1", help="percent of bad bags that a clean sample may miss")
    options, wrong = parser.parse_args(), []
    try:
        if options.what == "proof":
            checked = check_proofs(options.path)
            recorded = [json.loads(entry) for entry, _ in checked]
            digests = {digest for entry in recorded for digest in entry.get("payload", {}).values()}
            for listed in read_blocks(read(options.path), b"payload-manifest"):
                if hashlib.sha512(listed).hexdigest() not in digests:
                    raise ValueError(f"{options.path}: a list of files that no proven entry records")
                digests |= set(parse_manifest(listed).values())
            for _, checkpoint in checked if options.key else ():
                require_signature(checkpoint, options.key)
            other = [path for path in options.document if digest_of(path) not in digests]
            print(f"proof: {len(checked)} entries hold", "" if options.key else "(no signature checked)",
                  *(f"\nBAD {path}: not what was taken in" for path in other))
            return 1 if other else 0 if checked else 2
        entries, size = verify_ledger(options.path, options)
        known, whole = promised(entries), options.what == "bags" and options.seed is None
        bags = [bag for bag, it in known.items() if it[0] < size and it[1].startswith("bags/")]
        chosen = bags if options.seed is None else draw(bags, options)
        if options.what == "sample":
            return print("\n".join(chosen)) or 0
        if options.what == "bags":
            places = [f"{options.path}/{it[1]}" for it in known.values() if it[1]]
            if any(os.path.isfile(f"{it}.tar") for it in places) and not any(map(os.path.isdir, places)):
                return print("not looked at: the bags are tars, which are not read here; unpack each in its place and "
                             "remove it, in a duplicate, or use the program: archive audit --copy") or 2
            aside = [bag for bag in known if whole and known[bag][1].startswith("quarantine/")]
            wrong = misplaced(options.path, known)
            wrong += [(bag, it) for bag in chosen + aside for it in check_bag(options.path, *known[bag][1:])]
            said = f"bags: {len(chosen)} of {len(bags)} and {len(aside)} withdrawn read, {len(dict(wrong))} bad"
            wrong += misrecorded(options.path, entries) if whole else []
            print(*(f"BAD {place}: {each}" for place, each in wrong), said, sep="\n")
        print("not looked at:" + " runs, audits, notes," * (not whole),
              "witnesses, time-stamps, statements, settings, catalog, tiles of earlier checkpoints")
        return 1 if wrong else 0
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError, MemoryError) as trouble:
        return print(f"BROKEN {trouble} ({type(trouble).__name__})") or 5

if __name__ == "__main__":
    sys.exit(main())
