"""Which captures are older than was promised. Pure.

What was captured under one version is kept no longer than that version said, and no longer than the one in force says:
neither a longer nor a shorter promise made later takes anything from anybody. What was captured before there was a
notice, or of a kind that its version did not promise, is kept as long as the one in force says, and of a kind for which
no span was ever promised nothing is deleted. Source: GDPR Art. 5(1)(e), 13(2)(a).
"""

from __future__ import annotations

from collections import defaultdict

from data import instants
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.programme.versions import Register

_Span = tuple[int | None, int]


def overdue(register: Register, at: int) -> tuple[Scope, ...]:
    """The scopes of what is older at `at` than was promised; none while nothing is promised."""
    now = register.at(at)
    if now is None:
        return ()
    spans: defaultdict[Kind, list[_Span]] = defaultdict(list)
    for number, (version, start, end) in enumerate(register.spans()):
        if version.since > at:
            break
        for kind in Kind:
            said = [one.days for one in (version.notice.of_kind(kind), now.notice.of_kind(kind)) if one]
            if not said:
                continue
            cutoff = at - min(said) * instants.DAY
            upper = cutoff if end is None else min(cutoff, end)
            lower = None if number == 0 else start
            if lower is None or lower < upper:
                _join(spans[kind], (lower, upper))
    found: defaultdict[_Span, set[Kind]] = defaultdict(set)
    for kind, held in spans.items():
        for span in held:
            found[span].add(kind)
    return tuple(Scope(frozenset(kinds), start=start, end=end) for (start, end), kinds in found.items())


def _join(held: list[_Span], span: _Span) -> None:
    """Add a span after those of one kind, and to the last one where it goes on from it."""
    if held and held[-1][1] == span[0]:
        span = held.pop()[0], span[1]
    held.append(span)
