"""Modes and owners of Daylight's own files on this machine: database, keyring, checkpoint, sealed captures."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data.controls.control import Fact, Result, State, Unseen, listed
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings

MOST = 20_000  # files that one look judges
PASSED = 200_000  # folders that nobody else gets into, which it goes through for links
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Read or changed; a folder that others only get through is judged by what lies in it.
_OPEN = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
_BY_ANYBODY = stat.S_IROTH | stat.S_IWOTH


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when only the account that runs Daylight can reach any of them, wherever links lead."""
    there = [path for path in _roots(around) if os.path.lexists(path)]
    walk = _Walk(there)
    looked = 0
    open_to: list[str] = []
    foreign: list[str] = []
    for path, found in walk.judged():
        looked += 1
        if found.st_mode & _OPEN and _is_reached(path, bool(found.st_mode & _BY_ANYBODY)):
            open_to.append(f"{path} ({stat.filemode(found.st_mode)})")
        if found.st_uid not in (os.geteuid(), 0):
            foreign.append(f"{path} (owner {found.st_uid})")
    facts = (
        Fact("looked at by the account", str(os.geteuid())),
        Fact("looked at", f"{looked:,} files and folders below {listed(tuple(str(path) for path in there))}"),
        *((Fact("others can reach", listed(tuple(open_to))),) if open_to else ()),
        *((Fact("somebody else owns", listed(tuple(foreign))),) if foreign else ()),
        *((Fact("could not be followed", listed(frozenset(walk.lost))),) if walk.lost else ()),
    )
    unseen = (
        (f"more than {MOST:,} files, or than {PASSED:,} folders that nobody else gets into",) if walk.is_cut else ()
    )
    if open_to or foreign:
        return Result(State.BROKEN, "Other accounts of this machine can reach Daylight's own files.", facts, unseen)
    if walk.lost:
        raise Unseen("Some of Daylight's files lie where the look could not follow, so nobody knows.", *facts)
    if not there:
        raise Unseen("None of Daylight's files are on this machine, so nobody knows.", *facts)
    return Result(State.HOLDS, "No other account of this machine gets through to one.", facts, unseen)


def _roots(around: Surroundings) -> tuple[Path, ...]:
    settings = around.settings
    found = [settings.store, settings.keyring, settings.anchor, settings.tombstones]
    if around.database.is_sqlite and around.database.url.database:
        # SQLite keeps what it writes beside the file itself, not beside a link to it.
        name = around.database.url.database
        found += [Path(name), *(Path(f"{os.path.realpath(name)}{end}") for end in ("-wal", "-shm"))]
    if around.vault.objects.local:
        found.append(Path(around.vault.objects.root))
    if settings.controls_path:
        found.append(settings.controls_path)
    return tuple(dict.fromkeys(path.absolute() for path in found))


@dataclass
class _Walk:
    """The roots and all that lies in them, where it really is: a link stands for what it leads to. Of what nobody else
    gets into only the links are followed. `lost` is what could not be followed, and `is_cut` whether there was more."""

    roots: list[Path]
    lost: set[str] = field(default_factory=set[str])
    is_cut: bool = False

    def judged(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Each once, with what the disk says of it."""
        # Beside each whether it is judged, or only gone through for links.
        left = [(path, True) for root in reversed(self.roots) if (path := self._real(root))]
        seen: set[tuple[Path, bool]] = set()
        looked = passed = 0
        while left:
            path, is_judged = left.pop()
            if (path, is_judged) in seen:
                continue
            if looked == MOST or passed == PASSED:
                self.is_cut = True
                return
            seen.add((path, is_judged))
            try:
                found = path.lstat()
                is_closed = not is_judged or not found.st_mode & _OTHERS
                inside = list(os.scandir(path)) if stat.S_ISDIR(found.st_mode) else []
            except FileNotFoundError:
                continue  # removed meanwhile
            except OSError:
                self.lost.add(str(path))
                continue
            looked, passed = looked + is_judged, passed + (not is_judged)
            if is_judged:
                yield path, found
            for one in inside:
                if one.is_symlink():
                    left += [(real, True)] if (real := self._real(Path(one))) else []
                elif not is_closed or one.is_dir(follow_symlinks=False):
                    left.append((Path(one), not is_closed))

    def _real(self, path: Path) -> Path | None:
        """Where a path leads; None where nobody can tell, or it was removed meanwhile."""
        try:
            return path.resolve(strict=True)
        except (OSError, RuntimeError):  # the latter for links in a circle
            if os.path.lexists(path):
                self.lost.add(str(path))
        return None


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
