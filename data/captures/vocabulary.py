"""Vocabularies: the words a segment holds, so that a search opens only segments that can answer it. Pure."""

from __future__ import annotations

import zlib

import pyarrow as pa

SEARCHED = ("app", "title", "text", "value")
LARGEST = 512 * 1024  # bytes of words; a segment with more keeps none and is always opened
_BETWEEN = "\x00"


def fold(text: str) -> str:
    """How both the words and what is searched for are written: without case."""
    return text.lower()


def collect(table: pa.Table) -> bytes | None:
    """The distinct words of the searched columns, or None when they are too many to keep."""
    words: set[str] = set()
    size = 0
    for name in SEARCHED:
        for word in table[name].unique().cast(pa.string()).to_pylist():
            folded = fold(word or "")
            if folded and folded not in words:
                words.add(folded)
                size += len(folded) + 1
                if size > LARGEST:
                    return None
    return zlib.compress(_BETWEEN.join(sorted(words)).encode(errors="surrogatepass"), 6)


def may_hold(words: bytes | None, text: str) -> bool:
    """Whether a word may contain `text`, in any case; True where no words were kept."""
    if words is None or not text:
        return True
    return fold(text).encode(errors="surrogatepass") in zlib.decompress(words)
