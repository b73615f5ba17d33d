"""A JSON document of any size, walked from front to back with only one value in memory at a time.

walk = Walk(path)
for name in walk.members():      # of the object that begins here
    for _ in walk.elements():    # of the array that begins here; each must be taken, by value() or by walking it
        walk.value()
walk.end()
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path

from data.connectors import files
from data.errors import BadInput

_CHUNK = 1 << 20  # bytes
_LARGEST_VALUE = 64 << 20  # characters
_SPACE = " \t\n\r"
_NEAR = 32  # an error this close to the end of what was read may only mean that more must be read


class Walk:
    """One pass over one file. Whatever is not well-formed is BadInput with the byte where it was noticed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = files.opened(path)
        self._decode = codecs.getincrementaldecoder("utf-8")()
        self._json = json.JSONDecoder(parse_constant=_refuse)
        self._text = ""
        self._at = 0  # the next character of _text
        self._before = 0  # bytes of the file that came before _text
        self._more = True
        if self._peek() == "\ufeff":
            self._at = 1

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def members(self) -> Iterator[str]:
        """The names in the object that begins here; the caller takes each one's value before asking for the next."""
        self._take("{", "an object")
        seen: set[str] = set()
        if self._closes("}"):
            return
        while True:
            if self._peek() != '"':
                raise self.refusal("expected a name in double quotes")
            name = str(self.value())
            if name in seen:
                raise self.refusal("the name before this place occurs twice in its object")
            seen.add(name)
            self._take(":", "':'")
            yield name
            if self._closes("}"):
                return
            self._take(",", "',' or '}'")

    def elements(self) -> Iterator[int]:
        """The positions, from 1, in the array that begins here; the caller takes each value before the next."""
        self._take("[", "an array")
        if self._closes("]"):
            return
        number = 0
        while True:
            number += 1
            yield number
            if self._closes("]"):
                return
            self._take(",", "',' or ']'")

    def value(self) -> object:
        """The value that begins here, whole."""
        self._peek()
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                near = error.pos >= len(self._text) - _NEAR or error.msg.startswith("Unterminated string")
                if not (near and self._more):
                    self._at = len(self._text) if near and _is_cut(error) else error.pos
                    raise self.refusal(_lower(error.msg)) from None
            except RecursionError:
                raise self.refusal("nested too deeply") from None
            except files.NotAllowedHere as error:
                raise self.refusal(str(error)) from None
            except ValueError:
                raise self.refusal(files.TOO_MANY_DIGITS) from None
            else:
                # A number near the end of what was read may go on (12 as 12.5, 1 as 1e-9); all else ends by itself.
                if end <= len(self._text) - _NEAR or not self._more:
                    self._at = end
                    return found
            if len(self._text) - self._at > _LARGEST_VALUE:
                raise self.refusal(f"a single value is larger than {_LARGEST_VALUE >> 20} MB")
            self._read(max(_CHUNK, len(self._text) - self._at))

    def end(self) -> None:
        """BadInput when anything but white space follows."""
        if self._peek():
            raise self.refusal("something follows after the end of the document")

    def begins_with(self) -> str:
        """The character with which the next value begins; empty at the end of the file."""
        return self._peek()

    def refusal(self, reason: str) -> BadInput:
        """The error to raise about this place. Where the file ends, it says so."""
        place = self._before + len(self._text[: self._at].encode("utf-8", "surrogatepass"))
        if self._at >= len(self._text) and not self._more:
            return BadInput(f"{self._path}, byte {place + 1}: the file ends in the middle, so it was cut ({reason}).")
        return BadInput(f"{self._path}, byte {place + 1}: {reason}.")

    def _take(self, wanted: str, name: str) -> None:
        if self._peek() != wanted:
            raise self.refusal(f"expected {name}")
        self._at += 1

    def _closes(self, bracket: str) -> bool:
        if self._peek() != bracket:
            return False
        self._at += 1
        return True

    def _peek(self) -> str:
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _SPACE:
                at += 1
            self._at = at
            if at < len(text):
                return text[at]
            if not self._more:
                return ""
            self._read(_CHUNK)

    def _read(self, size: int) -> None:
        chunk = self._file.read(size)
        self._before += len(self._text[: self._at].encode())
        held = self._before + len(self._text[self._at :].encode())
        try:
            self._text = self._text[self._at :] + self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise BadInput(f"{self._path}, byte {held + error.start + 1}: not UTF-8.") from None
        self._at = 0
        self._more = bool(chunk)


def _is_cut(error: json.JSONDecodeError) -> bool:
    """Whether the text only ends too early, as opposed to being wrong."""
    rest = error.doc[error.pos :].strip()
    in_string = error.msg.startswith(("Unterminated string", "Invalid \\uXXXX escape"))
    return in_string or any(word.startswith(rest) for word in ("true", "false", "null", "-0", ".0", "e+0", "e-0"))


def _refuse(name: str) -> object:
    raise files.NotAllowedHere(f"{name} is not JSON")


def _lower(message: str) -> str:
    """Python's message as part of a sentence."""
    return message[:1].lower() + message[1:]
