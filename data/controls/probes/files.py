"""Modes and owners of Daylight's own files on this machine: database, keyring, checkpoint, sealed captures."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from data.controls.control import Fact, Result, State, Unseen, listed
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings

MOST = 20_000  # files that one look goes through
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Read or changed; a folder that others only get through is judged by what lies in it.
_OPEN = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
_BY_ANYBODY = stat.S_IROTH | stat.S_IWOTH


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when only the account that runs Daylight can reach any of them."""
    roots = _roots(around)
    there = [path for path in roots if path.exists()]
    looked, is_cut = 0, False
    open_to: list[str] = []
    foreign: list[str] = []
    for path in _below(there):
        if looked == MOST:
            is_cut = True
            break
        looked += 1
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue  # written or removed meanwhile
        if stat.S_ISLNK(found.st_mode):
            continue
        if found.st_mode & _OPEN and _is_reached(path, bool(found.st_mode & _BY_ANYBODY)):
            open_to.append(f"{path} ({stat.filemode(found.st_mode)})")
        if found.st_uid not in (os.geteuid(), 0):
            foreign.append(f"{path} (owner {found.st_uid})")
    facts = (
        Fact("looked at by the account", str(os.geteuid())),
        Fact("looked at", f"{looked:,} files and folders below {listed(tuple(str(path) for path in there))}"),
        *((Fact("others can reach", listed(tuple(open_to))),) if open_to else ()),
        *((Fact("somebody else owns", listed(tuple(foreign))),) if foreign else ()),
    )
    unseen = (f"more than {MOST:,} files",) if is_cut else ()
    if open_to or foreign:
        return Result(State.BROKEN, "Other accounts of this machine can reach Daylight's own files.", facts, unseen)
    if not there:
        raise Unseen("None of Daylight's files are on this machine, so nobody knows.", *facts)
    return Result(State.HOLDS, "No other account of this machine gets through to one.", facts, unseen)


def _roots(around: Surroundings) -> tuple[Path, ...]:
    settings = around.settings
    found = [settings.store, settings.keyring, settings.anchor, settings.tombstones]
    if around.database.is_sqlite and around.database.url.database:
        name = around.database.url.database
        found += [Path(f"{name}{end}") for end in ("", "-wal", "-shm")]
    if around.vault.objects.local:
        found.append(Path(around.vault.objects.root))
    if settings.controls_path:
        found.append(settings.controls_path)
    return tuple(dict.fromkeys(path.absolute() for path in found))


def _below(roots: list[Path]) -> Iterator[Path]:
    """The roots and all that lies in them, each once. What nobody else gets into is not gone through."""
    seen: set[Path] = set()
    left = list(reversed(roots))
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        yield path
        if path.is_dir() and not path.is_symlink() and path.stat().st_mode & _OTHERS:
            left += [Path(one) for one in os.scandir(path)]


def _is_reached(path: Path, by_anybody: bool) -> bool:
    """Whether others get through all the folders above. By a group only where the folder lets some group through."""
    through = stat.S_IXOTH if by_anybody else stat.S_IXOTH | stat.S_IXGRP
    return all(folder.stat().st_mode & through for folder in path.parents)


PROBE = Probe(
    "files",
    "Daylight's files",
    "Only the account that runs Daylight can reach its files.",
    alone,
    look,
)
