"""How often somebody may come: so often at once, and then one in so much time (the generic cell rate algorithm). Pure
but for what it remembers."""

from __future__ import annotations

_MOST = 200_000  # keys that are remembered; those that may come at once again are forgotten beyond that


class Pace:
    """Lets each key through `burst` times at once, and once in `every` seconds after that."""

    def __init__(self, burst: int, every: float) -> None:
        self._slack, self._every = (burst - 1) * every, every
        self._due: dict[str, float] = {}

    def wait(self, key: str, now: float) -> float:
        """Seconds until `key` may come (0: it may, and that is counted). `now` in seconds, of a clock that never goes
        back."""
        due = max(self._due.get(key, now), now)
        if due - now > self._slack:
            return due - now - self._slack
        if len(self._due) >= _MOST:
            self._due = {one: at for one, at in self._due.items() if at > now}
        self._due[key] = due + self._every
        return 0.0
