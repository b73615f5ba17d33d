"""Invented stories, replayed through the real code in a store that is made for it.

Only in such a store is the clock turned back. A new story is one module with a Story, and its line here.
"""

from __future__ import annotations

from types import MappingProxyType

from data.scenarios.june import JUNE

STORIES = MappingProxyType({story.name: story for story in (JUNE,)})
