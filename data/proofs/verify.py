"""Check a receipt of Daylight's access log offline. One file, to be copied anywhere: Python 3.11 and `cryptography`.

    python verify.py RECEIPT [--key KEY] [--witness KEY]... [--mine FILE] [--against OTHER [--tiles FROM]]
    python verify.py --scan FILE --log FROM [--key KEY]

It is written from the specifications, not from the rest of Daylight, and imports nothing of it: RFC 9162 section 2.1
(Merkle trees), c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature, RFC 8785 (the receipt holds the exact
texts). KEY is a line `name+hash+base64`: of the log, from somewhere you trust (an earlier receipt, your works
council), or of a witness. FILE is your own key from Daylight, which shows that the tag is yours. A receipt that holds
says: this is what the log recorded about you, and it was in the log that the checkpoint names. OTHER is somebody
else's receipt or a checkpoint: were both of you shown one history? FROM is where the log's tiles lie (c2sp.org
/tlog-tiles), a folder or https://.../log/; nothing but that is ever fetched, and it is not believed but checked.

--scan reads every entry of the log for your own tag, HMAC-SHA256(your key, the entry's commitment), and holds what it
finds against what your page listed, where FILE says that (daylight-my-log.json; your key alone finds, and compares
nothing). Beside each bundle of entries lie the tags of everybody whose data was opened (tags/000: for each access a
count in four bytes and the tags, 32 bytes each; of more than 256 they lie at tags/of/POSITION). Each entry commits to
the tree hash of its tags, and the signed head to all entries, so none can be left out. Of what is no access, such as a
notice, it finds what is about you alone. Your key never leaves your machine.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import io
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 1, 4  # kinds of keys
_LARGEST = 10_000_000  # bytes of a receipt
_MOST_BYTES, _MOST_SIGNATURES, _DEEPEST = 1_000_000, 100, 50  # of a signed note, and how far JSON may be nested
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ENTRY = {"action": str, "at": int, "source": str, "count": int, "people": str, "commitment": str}
_ACCESSES = ("read", "copy", "query", "train", "count")  # the others tell of what happened otherwise
_TOLD = ("role", "team", "account", "shared", "purpose", "ticket", "scope")


class Wrong(Exception):
    """Why a receipt does not hold, in one sentence."""


@dataclass(frozen=True)
class Held:
    """What a receipt that holds shows. `leaf` and `details` are JSON objects; without `details` (None: the receipt has
    none) nothing proves how many `people` the entry is about, so that is None too. `cosigned` are the witnesses asked
    for that signed, with the moment each names (seconds since 1970 UTC)."""

    position: int
    size: int
    origin: str
    leaf: dict[str, Any]
    details: dict[str, Any] | None
    people: int | None
    is_mine: bool
    cosigned: tuple[tuple[str, int], ...]


def verify(text: str, *, key: str | None = None, witnesses: Sequence[str] = (), mine: str | None = None) -> Held:
    """Check a receipt (the text of its file). Raises Wrong with the first thing that does not hold."""
    receipt = _object(text, "The receipt")
    if receipt.get("daylight_receipt") != 1:
        raise Wrong("This is no receipt of Daylight, or one of a later version.")
    try:
        if key is not None and key.strip() != receipt["key"]:
            raise Wrong("The receipt names another key of the log than the one you gave.")
        return _verified(receipt, witnesses, mine)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Wrong(
            f"The receipt is incomplete or not as Daylight writes it ({type(error).__name__}: {error})."
        ) from None


def _verified(receipt: dict[str, Any], witnesses: Sequence[str], mine: str | None) -> Held:
    body, signatures = _note(receipt["checkpoint"])
    name = _check_signature(body, signatures, receipt["key"], LOG)[0]
    origin, size, root = _checkpoint(body)
    if origin != name:
        raise Wrong("The checkpoint is of another log than its key.")
    if any(type(receipt[one]) is not int for one in ("position", "size", "tag_index", "tag_count")):
        raise TypeError("a place or a number in it is no whole number")
    position, leaf = receipt["position"], receipt["leaf"].encode()
    path = [_hex(one) for one in receipt["inclusion"]]
    if size != receipt["size"] or _climb(_leaf(leaf), position, size, path) != root:
        raise Wrong(f"Entry {position} is not in the log that the checkpoint names, at least not with this content.")
    fields = _object(receipt["leaf"], "The entry")
    if wrong := [name for name, kind in _ENTRY.items() if type(fields[name]) is not kind]:
        raise TypeError(f"the entry's {wrong[0]}")
    details = _details(receipt, fields)
    tag, people = _hex(receipt["tag"]), [_hex(one) for one in receipt["tag_proof"]]
    if _climb(_leaf(tag), receipt["tag_index"], receipt["tag_count"], people).hex() != fields["people"]:
        raise Wrong("The tag is not among the people whom the entry is about.")
    if details is not None and receipt["tag_count"] != _filled(details["people_count"]):
        raise Wrong("The entry is about another number of people than its details say.")
    cosigned = tuple(_check_signature(body, signatures, one.strip(), WITNESS) for one in witnesses)
    count = None if details is None else details["people_count"]
    return Held(position, size, origin, fields, details, count, _is_mine(mine, origin, fields, tag), cosigned)


def compare(text: str, other: str, *, tiles: Callable[[str], bytes] | None = None) -> str:
    """Whether a receipt that holds and another one, or a signed checkpoint, are of one history; the sentence that says
    so. `tiles` gives what lies at a path of tlog-tiles. Raises Wrong where they are not, or where it cannot be told."""
    try:
        return _compared(_object(text, "The receipt"), other, tiles)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Wrong(f"The other file is no receipt and no checkpoint ({type(error).__name__}: {error}).") from None


def _compared(receipt: dict[str, Any], other: str, tiles: Callable[[str], bytes] | None) -> str:
    body, _ = _note(receipt["checkpoint"])
    origin, size, root = _checkpoint(body)
    note = other
    if other.lstrip().startswith("{"):
        second = _object(other, "The other receipt")
        verify(other, key=receipt["key"])
        note = second["checkpoint"]
        if second["position"] == receipt["position"] and second["leaf"] != receipt["leaf"]:
            raise Wrong(_TWO.format(origin, f"entry {receipt['position']} is not the same in both"))
    other_body, signatures = _note(note)
    _check_signature(other_body, signatures, receipt["key"], LOG)
    _, other_size, other_root = _checkpoint(other_body)
    (first, first_root), (last, last_root) = sorted([(size, root), (other_size, other_root)])
    if first == last:
        if first_root != last_root:
            raise Wrong(_TWO.format(origin, f"both have {first} entries, and not the same ones"))
        return f"Both are of one history: the same {first} entries."
    if tiles is None:
        raise Wrong(
            f"One is of {first} entries, the other of {last}. Whether the longer history begins with the shorter one"
            " cannot be told from these two files alone: say where the log's tiles are (--tiles)."
        )
    old, new = _prefix(first, last, 0, tiles, last) if first else (hashlib.sha256().digest(), last_root)
    if new != last_root:
        raise Wrong(f"The tiles are not those of the {last} entries that were signed, so they show nothing.")
    if old != first_root:
        raise Wrong(_TWO.format(origin, f"the one of {last} entries does not begin with the one of {first}"))
    return f"Both are of one history: the {last} entries begin with the {first}."


_TWO = (
    "TWO HISTORIES: the log {} signed both, but {}. It has shown different people different logs. Keep both files: each"
    " is signed, and together they prove it."
)


def _prefix(first: int, size: int, start: int, tiles: Callable[[str], bytes], end: int) -> tuple[bytes, bytes]:
    """The roots of `first` and of `size` leaves from `start` on, from the same hashes (RFC 9162 section 2.1.4.1): so
    whatever gives the second its signed root is the first part of it."""
    if first == size:
        found = _root(start, size, tiles, end)
        return found, found
    half = 1 << (size - 1).bit_length() - 1
    if first <= half:
        old, new = _prefix(first, half, start, tiles, end)
        return old, _node(new, _root(start + half, size - half, tiles, end))
    left = _root(start, half, tiles, end)
    old, new = _prefix(first - half, size - half, start + half, tiles, end)
    return _node(left, old), _node(left, new)


def _root(start: int, count: int, tiles: Callable[[str], bytes], end: int) -> bytes:
    """The root of `count` leaves from `start` on, from the tiles of a log of `end` entries."""
    half = 1 << (count - 1).bit_length() - 1 if count > 1 else 0
    if count & (count - 1):
        return _node(_root(start, half, tiles, end), _root(start + half, count - half, tiles, end))
    level = (count.bit_length() - 1) // 8
    tile, place = divmod(start >> 8 * level, 256)
    many, width = count >> 8 * level, min(256, (end >> 8 * level) - tile * 256)
    data = _part(tiles, f"tile/{level}", tile, width)
    hashes = [data[32 * one : 32 * one + 32] for one in range(place, place + many)]
    while len(hashes) > 1:
        hashes = [_node(hashes[one], hashes[one + 1]) for one in range(0, len(hashes), 2)]
    return hashes[0]


def _part(tiles: Callable[[str], bytes], kind: str, index: int, width: int) -> bytes:
    """What lies at an address of tlog-tiles, or what it has grown to."""
    parts = [f"{index // 1000**power % 1000:03}" for power in reversed(range((len(str(index)) + 2) // 3))]
    path = f"{kind}/" + "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    try:
        return tiles(path if width == 256 else f"{path}.p/{width}")
    except Wrong:
        if width == 256:
            raise
        return tiles(path)  # a log that has grown need not keep what was not full


def _filled(people: int) -> int:
    """How many tags an entry about so many people has: those of several are filled up to a multiple of 128."""
    return people if people <= 1 else -(-people // 128) * 128


@dataclass(frozen=True)
class Scanned:
    """What reading the first `size` entries of a log for one's own tags showed: the positions that are `mine`. Of those
    that were there when the file was saved (before `until`; None: it lists none), `omitted` are mine and were not
    listed, `foreign` accesses were listed and are not mine. `unclear` ones have other tags beside them than they
    committed to."""

    origin: str
    size: int
    mine: tuple[int, ...]
    until: int | None
    omitted: tuple[int, ...]
    foreign: tuple[int, ...]
    unclear: tuple[int, ...]


def scan(text: str, log: Callable[[str], bytes], *, key: str | None = None) -> Scanned:
    """Look for one's own tags in every entry that the log signed. `text`: one's key, with or without what the page
    listed; `log` gives what lies at a path below .../log/. Raises Wrong where the entries are not the signed ones."""
    kept = _object(text, "Your key")
    try:
        trusted = key or kept.get("log_key")
        if kept.get("daylight_tag_key") != 1 or trusted is None:
            raise Wrong("That is no key of Daylight's log, or it does not name the log's own: say that (--key).")
        if trusted.strip() != kept.get("log_key", trusted.strip()):
            raise Wrong("Your file names another key of the log than the one you gave.")
        return _scanned(kept, log, trusted.strip())
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Wrong(
            f"Your file, or what the log gave, is not as Daylight writes it ({type(error).__name__}: {error})."
        ) from None


def _scanned(kept: dict[str, Any], log: Callable[[str], bytes], key: str) -> Scanned:
    origin, size, root = _head(log("checkpoint").decode(), key)
    if origin != kept["origin"]:
        raise Wrong("Your key is not one of this log.")
    _, old_size, old_root = _head(kept["checkpoint"], key) if kept.get("checkpoint") else (origin, 0, b"")
    secret, tree, old, mine, unclear, silent = _hex(kept["key"]), _Tree(), b"", set[int](), list[int](), set[int]()
    for position, (leaf, tags) in enumerate(_entries(log, size)):
        tree.add(leaf)
        old = tree.root() if tree.size == old_size else old
        fields = _object(leaf.decode(), "An entry")
        tag, people = hmac.digest(secret, _hex(fields["commitment"]), "sha256"), _Tree()
        for one in tags:
            people.add(one)
        is_whole = people.root().hex() == fields["people"]
        if _leaf(tag).hex() == fields["people"] or (is_whole and tag in tags):
            mine.add(position)
        elif fields["action"] not in _ACCESSES:
            silent.add(position)
        elif not is_whole:
            unclear.append(position)
    if tree.root() != root:
        raise Wrong(f"The entries are not the {size} that were signed, so what they say shows nothing.")
    if old_size > size:
        raise Wrong(f"Only {size} entries are signed now; {old_size} were when you saved your file: some are gone.")
    if old != old_root:
        raise Wrong(_TWO.format(origin, f"the one of {size} entries does not begin with the one of {old_size}"))
    until = min(size, kept["entries"]) if "listed" in kept else None
    listed = {one for one in kept.get("listed", ()) if one < (until or 0)}
    before = {one for one in mine if one < (until or 0)}
    omitted, foreign = tuple(sorted(before - listed)), tuple(sorted(listed - before - silent - set(unclear)))
    return Scanned(origin, size, tuple(sorted(mine)), until, omitted, foreign, tuple(unclear))


def _head(note: str, key: str) -> tuple[str, int, bytes]:
    body, signatures = _note(note)
    name, _ = _check_signature(body, signatures, key, LOG)
    head = _checkpoint(body)
    if head[0] != name:
        raise Wrong("The checkpoint is of another log than its key.")
    return head


def _entries(log: Callable[[str], bytes], size: int) -> Iterator[tuple[bytes, list[bytes]]]:
    """The leaves of the first `size` entries, each with the tags that lie beside it."""
    for index in range(-(-size // 256)):
        width = min(256, size - 256 * index)
        leaves = io.BytesIO(_part(log, "tile/entries", index, width))
        beside = io.BytesIO(_part(log, "tags", index, width))
        for position in range(256 * index, 256 * index + width):
            leaf = leaves.read(int.from_bytes(leaves.read(2), "big"))
            count = int.from_bytes(beside.read(4), "big")
            tags = beside.read(32 * count) if count <= 256 else log(f"tags/of/{position}")
            yield leaf, [tags[at : at + 32] for at in range(0, len(tags), 32)]


class _Tree:
    """A tree (RFC 9162 section 2.1.1) that grows leaf by leaf, as the hashes of the complete ones in it."""

    def __init__(self) -> None:
        self.size, self.whole = 0, list[bytes]()

    def add(self, data: bytes) -> None:
        self.size, node = self.size + 1, _leaf(data)
        many = self.size
        while many % 2 == 0:
            node, many = _node(self.whole.pop(), node), many // 2
        self.whole.append(node)

    def root(self) -> bytes:
        found = self.whole[-1] if self.whole else hashlib.sha256().digest()
        for one in self.whole[-2::-1]:
            found = _node(one, found)
        return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tiles_from(where: str) -> Callable[[str], bytes]:
    """What reads tiles from a folder or a web address. The reader raises Wrong."""

    def fetched(path: str) -> bytes:
        try:
            if where.startswith(("https://", "http://")):
                with urllib.request.urlopen(f"{where.rstrip('/')}/{path}", timeout=30) as answer:  # noqa: S310
                    return answer.read(_LARGEST)
            return (Path(where) / path).read_bytes()
        except OSError as error:
            raise Wrong(f"{where} has no {path}: {error}.") from None

    return fetched


def _details(receipt: dict[str, Any], leaf: dict[str, Any]) -> dict[str, Any] | None:
    told: Any = receipt["details"]
    if (told, receipt["salt"]) == (None, None):
        return None
    salt, text = _hex(receipt["salt"], 16), told.encode()
    if hashlib.sha256(salt + text).hexdigest() != leaf["commitment"]:
        raise Wrong("The details are not those that the entry committed to.")
    details = _object(told, "The details")
    if missing := [name for name in (*_TOLD, "people_count") if name not in details]:
        raise KeyError(missing[0])
    return details


def _is_mine(mine: str | None, origin: str, leaf: dict[str, Any], tag: bytes) -> bool:
    if mine is None:
        return False
    key = _object(mine, "Your key")
    if key.get("daylight_tag_key") != 1 or key["origin"] != origin:
        raise Wrong("Your key is not one of this log.")
    if hmac.digest(_hex(key["key"]), bytes.fromhex(leaf["commitment"]), "sha256") != tag:
        raise Wrong("The tag is not yours: the receipt is about somebody else.")
    return True


def _hex(text: str, length: int = 32) -> bytes:
    found = bytes.fromhex(text)
    if found.hex() != text or len(found) != length:  # in capitals, or with spaces
        raise ValueError("a hash that is not as Daylight writes it")
    return found


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _climb(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise Wrong("The receipt names a place beyond the end of the tree.")
    node, last = index, size - 1
    for one in path:
        if last == 0:
            raise Wrong("A proof of the receipt is too long.")
        if node % 2 or node == last:
            found = _node(one, found)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            found = _node(found, one)
        node, last = node // 2, last // 2
    if last:
        raise Wrong("A proof of the receipt is too short.")
    return found


def _note(note: str) -> tuple[str, dict[tuple[str, bytes], bytes]]:
    """The text of a signed note and its signatures, by the name and the ID of their keys."""
    body, found, lines = note.rpartition("\n\n")
    if not found or not lines.endswith("\n") or _CONTROL.search(body) or len(note.encode()) > _MOST_BYTES:
        raise Wrong("The checkpoint is no signed note.")
    signatures: dict[tuple[str, bytes], bytes] = {}
    for line in lines[:-1].split("\n"):
        dash, name, raw = line.split(" ")
        signature = _base64(raw)
        if dash != "\u2014" or not _is_name(name) or len(signature) <= 4 or len(signatures) == _MOST_SIGNATURES:
            raise Wrong("The checkpoint has a line that is no signature, or too many.")
        if (name, signature[:4]) in signatures:
            raise Wrong(f"The checkpoint is signed twice by {name[:80]!r}.")
        signatures[name, signature[:4]] = signature[4:]
    return body + "\n", signatures


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(one.isspace() for one in name) and not _CONTROL.search(name)


def _base64(text: str) -> bytes:
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:  # the same bytes written in another way
        raise ValueError("base64 that is not canonical")
    return found


def _checkpoint(body: str) -> tuple[str, int, bytes]:
    lines = body[:-1].split("\n")
    origin, size, root = lines[0], lines[1], _base64(lines[2])
    if not all(lines) or not _SIZE.fullmatch(size) or int(size) >= 2**63 or len(root) != 32:
        raise Wrong("The checkpoint is not as its specification writes it.")
    return origin, int(size), root


def _check_signature(body: str, signatures: dict[tuple[str, bytes], bytes], key: str, kind: int) -> tuple[str, int]:
    """(name, moment) of a signature by `key`; the moment is 0 for a log's own."""
    name, short, encoded = (*key.split("+", 2), "", "")[:3]
    raw = _base64(encoded) if short else b""
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != bytes([kind]) or len(raw) != 33 or short != expected.hex() or not _is_name(name):
        raise Wrong(f"{key[:80]!r} is no key of a {'log' if kind == LOG else 'witness'}.")
    signed = signatures.get((name, expected))
    if signed is None:
        raise Wrong(f"{name} has not signed the checkpoint.")
    message, moment = body, 0
    if kind == WITNESS:
        moment, signed = int.from_bytes(signed[:8], "big"), signed[8:]
        message = f"cosignature/v1\ntime {moment}\n{body}"
    try:
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signed, message.encode())
    except InvalidSignature:
        raise Wrong(f"The signature by {name} does not fit the checkpoint.") from None
    if moment >= 2**63:
        raise Wrong(f"{name} signed at no moment that there is.")
    return name, moment


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Wrong(f"{what} is no JSON.") from None
    except RecursionError:
        raise Wrong(f"{what} is nested too deeply.") from None
    if not isinstance(found, dict):
        raise Wrong(f"{what} is no JSON object.")
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        level = [each for one in level for each in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in level if isinstance(one, (dict, list))]
    if level:
        raise Wrong(f"{what} is nested too deeply.")
    return found


def sentences(held: Held, key_given: bool) -> list[str]:
    """What a receipt shows, for people."""
    leaf = held.leaf
    what = f"{leaf['action']}, {_moment(leaf['at'] // 1_000_000)}, source {leaf['source']!r}, how much: {leaf['count']}"
    said = [
        f"The receipt holds: entry {held.position} is in the log {held.origin}, among the first {held.size} entries.",
        f"It records: {what}, people: {'not proven' if held.people is None else held.people}.",
    ]
    if held.details is None:
        said.append("This receipt holds no details; the number of people is not proven. That it happened is.")
    else:
        told = {name: held.details[name] for name in _TOLD}
        said.append(f"Its details: {json.dumps(told)}.")
    mine = "It is about you: the tag is yours." if held.is_mine else "Give your own key (--mine) to see if it is you."
    said += [mine, *(f"{name} cosigned it, {_moment(moment)}." for name, moment in held.cosigned)]
    if not key_given:
        said.append(
            "The log's key came from the receipt itself, so whoever made the receipt may have made the key: compare it"
            " with one you got elsewhere (--key)."
        )
    if not held.cosigned:
        said.append("No witness was asked for (--witness): nobody but the log itself stands behind this here.")
    return said


def scan_sentences(found: Scanned, key_given: bool) -> list[str]:
    """What a scan shows, for people. Raises Wrong where the page did not list what the log holds."""
    if found.omitted or found.foreign or found.unclear:
        raise Wrong(
            f"What your page listed is not what the log holds: kept off it {_places(found.omitted)}; not about you"
            f" {_places(found.foreign)}; not showing any more whom they are about {_places(found.unclear)}. Keep your"
            " file, and tell the auditor."
        )
    said = [
        f"Every entry was read: the {found.size} that the log {found.origin} signed, as they were signed.",
        f"About you: {len(found.mine)} ({_places(found.mine)}).",
    ]
    if found.until is None:
        said.append("Your file does not say what your page listed, so that was not compared.")
    else:
        newer = sum(one >= found.until for one in found.mine)
        said.append(f"Your page listed all of them among the first {found.until}; newer than your file: {newer}.")
    if not key_given:
        said.append("The log's key came from your file: compare it with one you got elsewhere (--key).")
    return said


def _places(positions: Sequence[int]) -> str:
    more = f" and {len(positions) - 20} more" if len(positions) > 20 else ""
    return ", ".join(map(str, positions[:20])) + more or "none"


def _moment(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"{seconds} seconds after 1970, which is in no calendar"


def main(words: Sequence[str] | None = None) -> int:
    """Check one receipt, or scan a log; exit status 0 when it holds, 1 when it does not, 2 for a wrong command line."""
    parser = argparse.ArgumentParser(description="Check a receipt of Daylight's access log, offline.")
    parser.add_argument("receipt", type=Path, nargs="?")
    parser.add_argument("--key", help="the log's key, from somewhere you trust")
    parser.add_argument("--witness", action="append", default=[], metavar="KEY", help="a witness that must have signed")
    parser.add_argument("--mine", type=Path, metavar="FILE", help="your own key from Daylight")
    parser.add_argument("--against", type=Path, metavar="OTHER", help="somebody else's receipt, or a checkpoint")
    parser.add_argument("--tiles", metavar="FROM", help="where the log's tiles are, when the two differ in size")
    parser.add_argument("--scan", type=Path, metavar="FILE", help="your own key: look for yourself in the whole log")
    parser.add_argument("--log", metavar="FROM", help="where the log is that is scanned, as https://.../log/")
    args = parser.parse_args(words)
    if (args.receipt is None) == (args.scan is None) or (args.scan is None) != (args.log is None):
        parser.error("give a receipt, or your key (--scan) and where the log is (--log)")
    try:
        said = _checked(args) if args.scan is None else _looked_for(args)
    except Wrong as wrong:
        print(f"verify: {wrong}", file=sys.stderr)
        return 1
    for sentence in said:
        print("".join(mark if mark.isprintable() else "?" for mark in sentence))
    return 0


def _checked(args: argparse.Namespace) -> list[str]:
    text, mine = read(args.receipt), None if args.mine is None else read(args.mine)
    said = sentences(verify(text, key=args.key, witnesses=args.witness, mine=mine), args.key is not None)
    if args.against is not None:
        said.append(compare(text, read(args.against), tiles=tiles_from(args.tiles) if args.tiles else None))
    return said


def _looked_for(args: argparse.Namespace) -> list[str]:
    return scan_sentences(scan(read(args.scan), tiles_from(args.log), key=args.key), args.key is not None)


def read(path: Path) -> str:
    """The text of a file. Raises Wrong."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode()
    except OSError as error:
        raise Wrong(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Wrong(f"{path} is no text in UTF-8.") from None


if __name__ == "__main__":
    sys.exit(main())
