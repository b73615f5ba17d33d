"""One list of ways to write a signed note a little differently, for everything here that reads one."""

from __future__ import annotations

from base64 import b64encode

from data.tlog import note

STRANGER = note.Signature("stranger", b"abcd", b"e").line


def _names(name: str) -> list[str]:
    return ["", name + "+", name + "\u00a0", name + "\x01", f"{name} x", "\u2003"]


def flipped(signed: str) -> list[str]:
    """The note with each single bit flipped, as far as that is text at all."""
    raw, found = signed.encode(), list[str]()
    for bit in range(8 * len(raw)):
        other = bytearray(raw)
        other[bit // 8] ^= 1 << bit % 8
        try:
            found.append(other.decode())
        except UnicodeDecodeError:
            continue
    return found


def spelled(signed: str) -> list[str]:
    """The note, which has one signature, with other line ends, other base64, other spaces, or a signature too many."""
    text, (signature,) = note.split(signed)
    line, name = signature.line, signature.name
    raw = b64encode(signature.key_id + signature.raw).decode()
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = raw.rstrip("=")[-1]
    loose = [raw.rstrip("=")[:-1] + one + "=" * raw.count("=") for one in digits if one != last and "=" in raw]
    broken = note.Signature(name, signature.key_id, bytes(len(signature.raw))).line
    many = "".join(note.Signature(f"k{number}", b"abcd", b"e").line for number in range(100))
    endings = [signed.replace("\n", end) for end in ("\r\n", "\r", "\u2028", "\x0b", "\x00\n")]
    encodings = [
        signed.replace(raw, one)
        for one in (
            *loose,
            raw.rstrip("="),
            raw + "=",
            raw + " ",
            raw[:8] + "\u200b" + raw[8:],
            raw[:8] + "\t" + raw[8:],
        )
    ]
    lines = [
        line * 2,
        line + broken,
        broken + line,
        STRANGER * 2 + line,
        many + line,
        "",
        line[:-1],
        line + "\n",
        line + "x\n",
    ]
    names = [one.replace(of, new, 1) for one, of in ((line, name), (line + STRANGER, "stranger")) for new in _names(of)]
    dashes = [line.replace("— ", one) for one in ("- ", "– ", "—  ", "—\u00a0", " — ", "—")]
    keys = [f"— {name} {b64encode(signature.key_id).decode()}\n", f"{line}— stranger YWJjZA==\n"]
    return [
        *endings,
        *encodings,
        *(f"{text}\n{one}" for one in (*lines, *names, *dashes, *keys)),
        text + line,
        "\ufeff" + signed,
        "\x01" + signed,
        signed.replace("\n", "\t\n", 1),
        f"{text}\n\n{line}",
        f"{text}\n{line}{'s' * note.MOST_BYTES}",
    ]
