"""The witness's own key: one file that only its owner may read, made once and never given away."""

from __future__ import annotations

import os
import secrets
import stat
from base64 import b64encode
from pathlib import Path

from data.errors import BadInput, Conflict, StoreMissing
from data.tlog import cosignature, note
from data.tlog.cosignature import Cosigner

FILE = "witness.key"
# As golang.org/x/mod/sumdb/note writes secret keys, so that other witness programs can take it over.
_PREFIX = "PRIVATE+KEY+"


def make(folder: Path, name: str) -> Cosigner:
    """A new key for `name` in `folder`, on the disk when this returns. Conflict when there is one already."""
    made = Cosigner(name, secrets.token_bytes(32))
    secret = b64encode(bytes([cosignature.COSIGNATURE]) + made.seed).decode()
    written = f"{_PREFIX}{name}+{made.verifier.key_id.hex()}+{secret}\n"
    try:
        descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"There is a witness's key in {folder} already; nothing was changed.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(written)
        file.flush()
        os.fsync(descriptor)
    _sync(folder)
    return made


def load(folder: Path) -> Cosigner:
    """The key in `folder`. Raises StoreMissing, or BadInput when others may read it or it is damaged."""
    file = folder / FILE
    if not file.is_file():
        raise StoreMissing(f"There is no witness in {folder}; make one with `witness init`.")
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput(f"Others on this machine may read {file}; run `chmod 600` on it, or make a new witness.")
    # Not split at each plus sign: base64 has plus signs too.
    name, _, rest = file.read_text("utf-8").strip().removeprefix(_PREFIX).partition("+")
    written, _, encoded = rest.partition("+")
    try:
        raw = note.decode(encoded)
        found = Cosigner(name, raw[1:])
        if raw[0] == cosignature.COSIGNATURE and found.verifier.key_id.hex() == written:
            return found
    except (BadInput, ValueError):
        pass
    raise BadInput(f"{file} is damaged; a witness without its key has to be made anew.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
