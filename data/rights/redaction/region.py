"""Which part of a picture is blacked out, and on what ground. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from data.errors import BadInput

_LARGEST = 100_000  # pixels a side; no screen has as many


class Shown(StrEnum):
    """What of somebody else a picture shows: the ground on which a part of it is blacked out (GDPR Art. 15(4))."""

    FACE = "face"
    CHAT = "chat"
    NAME = "name"
    OTHER = "other"

    @property
    def plain(self) -> str:
        """What it is, in plain words."""
        return _PLAIN[self]

    @staticmethod
    def of(code: str) -> Shown:
        """The ground that `code` names. Raises BadInput."""
        try:
            return Shown(code)
        except ValueError:
            raise BadInput(f"There is no ground {code!r} for blacking out; use one of {', '.join(Shown)}.") from None


_PLAIN = {
    Shown.FACE: "somebody else's face",
    Shown.CHAT: "what somebody else wrote or said",
    Shown.NAME: "somebody else's name",
    Shown.OTHER: "something else about somebody else",
}


@dataclass(frozen=True)
class Region:
    """The rectangle [left, right) x [top, bottom) of a picture that is `width` x `height`; in one of another size, the
    same shares of it. Percents are a picture of 100 x 100."""

    left: int
    top: int
    right: int
    bottom: int
    width: int
    height: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the picture is left."""
        return (self.left, self.top, self.right, self.bottom) == (0, 0, self.width, self.height)

    @property
    def plain(self) -> str:
        """Where it is, in plain words for a picture of any size."""
        if self.is_whole:
            return "the whole screen"
        left, right = 100 * self.left / self.width, 100 * self.right / self.width
        top, bottom = 100 * self.top / self.height, 100 * self.bottom / self.height
        return f"{left:.3g} to {right:.3g} % across and {top:.3g} to {bottom:.3g} % down the screen"

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in a picture of `width` x `height` pixels, rounded outwards."""
        left, right = self.left * width // self.width, -(-self.right * width // self.width)
        top, bottom = self.top * height // self.height, -(-self.bottom * height // self.height)
        return left, top, right, bottom

    def as_json(self) -> dict[str, int]:
        """A JSON object that `of` reads back."""
        return asdict(self)

    @staticmethod
    def of(value: dict[str, Any]) -> Region:
        """What `as_json` wrote."""
        return Region(**value)


WHOLE = Region(0, 0, 100, 100, 100, 100)


def checked(region: Region) -> Region:
    """The same. Raises BadInput for what is no rectangle inside of its picture."""
    sides = (region.width, region.height)
    if not all(0 < side <= _LARGEST for side in sides):
        raise BadInput(f"A picture of {region.width} x {region.height} is none; take the size of the one you look at.")
    across = 0 <= region.left < region.right <= region.width
    if not across or not 0 <= region.top < region.bottom <= region.height:
        raise BadInput(
            f"From {region.left}, {region.top} to {region.right}, {region.bottom} is no rectangle in a picture of"
            f" {region.width} x {region.height}; left comes before right, top before bottom, both inside of it."
        )
    return region


def percent(text: str) -> Region:
    """A region in percents from 'LEFT,TOP,RIGHT,BOTTOM'. Raises BadInput."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        raise BadInput(f"{text!r} is no region; give LEFT,TOP,RIGHT,BOTTOM in whole percents.")
    left, top, right, bottom = (int(part) for part in parts)
    return checked(Region(left, top, right, bottom, 100, 100))
