"""Gathering: everything a recording holds, taken in once: checked, spilled where it is much, ready to be read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from data import instants
from data.captures import columns
from data.captures.recording import Display, Recording, Screen
from data.captures.sorting import Sorter
from data.captures.spill import Place, Spill
from data.errors import BadInput


@dataclass(frozen=True)
class _Picture:
    media_type: str
    place: Place


class Gathered:
    """A recording's captures by time, its screens by digest and its displays."""

    def __init__(self, spill: Spill) -> None:
        self._spill = spill
        self._sorter = Sorter(spill)
        self._pictures: dict[str, _Picture] = {}
        self.displays: set[Display] = set()

    @property
    def count(self) -> int:
        """Captures in the recording."""
        return self._sorter.count

    def take(self, recording: Recording, progress: Callable[[int], None] | None = None) -> None:
        """Take every item. Raises BadInput where one cannot be what it says."""
        for item in recording.items:
            if isinstance(item, Display):
                self.displays.add(item)
            elif isinstance(item, Screen):
                self._take_screen(item)
            else:
                table = columns.checked(item)
                _check_times(table)
                self._sorter.add(table)
                if progress:
                    progress(self.count)

    def windows(self) -> Iterator[pa.Table]:
        """The captures, as Sorter.windows gives them."""
        return self._sorter.windows()

    def digests(self) -> frozenset[str]:
        """The screens it brought."""
        return frozenset(self._pictures)

    def screen(self, digest: str) -> Screen:
        """One of its screens."""
        picture = self._pictures[digest]
        return Screen(digest, picture.media_type, self._spill.get(picture.place))

    def _take_screen(self, screen: Screen) -> None:
        if hashlib.sha256(screen.data).hexdigest() != screen.digest:
            raise BadInput(f"The screen {screen.digest[:12]} has other bytes than its SHA-256 says.")
        if screen.digest not in self._pictures:
            self._pictures[screen.digest] = _Picture(screen.media_type, self._spill.put(screen.data))


def _check_times(table: pa.Table) -> None:
    if not table.num_rows:
        return
    at = table["at"].to_numpy()
    for found in (int(at.min()), int(at.max())):
        # A clock that was wrong is a fact of the source and kept as it is, as long as a calendar can show it.
        if not instants.EARLIEST <= found <= instants.LATEST:
            raise BadInput(f"A capture's time is {found} µs since 1970, which is not in the years 1 to 9999.")
