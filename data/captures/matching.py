"""Matching: which rows of a table of captures a filter means. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.captures import vocabulary
from data.captures.scope import Filter


def rows(table: pa.Table, filter: Filter) -> npt.NDArray[np.int64]:
    """The numbers of the rows that match, ascending. The text may stand in any of the columns a vocabulary covers."""
    kept: npt.NDArray[np.bool_] = np.asarray(filter.scope.mask(table))
    if filter.text:
        kept = kept & _holding(table, vocabulary.fold(filter.text))
    return np.flatnonzero(kept)


def _holding(table: pa.Table, text: str) -> npt.NDArray[np.bool_]:
    found = np.zeros(table.num_rows, np.bool_)
    for name in vocabulary.SEARCHED:
        column: Any = table[name].unify_dictionaries().combine_chunks()
        array: Any = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        words = array.dictionary.to_pylist()
        # Each distinct word is looked at once; the last entry stands for rows without one.
        holds = np.array([*(text in vocabulary.fold(word or "") for word in words), False], np.bool_)
        found |= holds[array.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    return found
