"""The programme's state, as what officers put on record makes it: running, pausing, paused, resumed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from data import instants
from data.errors import BadInput, Conflict

LONGEST = 2_000  # characters of a reason
AHEAD = 366 * instants.DAY  # a pause announced for later than that is a slip of the pen


class State(StrEnum):
    """How the programme stands. RESUMED: it runs, and was paused before."""

    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    RESUMED = "resumed"


class Step(StrEnum):
    """What is put on record about it: by officers, and AGREED by an organizer."""

    PAUSED = "pause"
    BROUGHT_FORWARD = "pause brought forward"
    CALLED_OFF = "pause called off"
    PROPOSED = "resume proposed"
    AGREED = "resume agreed to"
    DECLINED = "resume declined"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Line:
    """One entry of its history. `at`: when it was put on record, by the person `by` called `name`; `effective_at`: from
    when a pause counts (microseconds UTC, both). `missing`: what was missing when it was resumed all the same, each in
    a sentence; `words` are the reason for that."""

    position: int
    number: int
    step: Step
    at: int
    by: int | None
    name: str
    words: str
    effective_at: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """A pause: [start, end) in microseconds UTC; without an end it goes on."""

    start: int
    end: int | None = None

    def holds(self, at: int) -> bool:
        """Whether an instant is inside."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True)
class Programme:
    """Its history, oldest first. `lost` counts entries about it that are missing or no longer open."""

    lines: tuple[Line, ...] = ()
    lost: int = 0

    @property
    def spans(self) -> tuple[Span, ...]:
        """The pauses, oldest first; one that is announced too, and none that was called off."""
        found: list[Span] = []
        for line in self.lines:
            start = line.at if line.effective_at is None else line.effective_at
            if line.step is Step.PAUSED:
                found.append(Span(start))
            elif line.step is Step.BROUGHT_FORWARD and found:
                found[-1] = Span(start)
            elif line.step is Step.CALLED_OFF and found:
                found.pop()
            elif line.step is Step.RESUMED and found:
                found[-1] = replace(found[-1], end=start)
        return tuple(found)

    @property
    def pause(self) -> Span | None:
        """The pause that is announced or goes on."""
        return next((one for one in self.spans[-1:] if one.end is None), None)

    def begun(self, now: int) -> Span | None:
        """The newest pause that has begun by `now`, whether it is over or not."""
        return next((one for one in reversed(self.spans) if one.start <= now), None)

    @property
    def proposal(self) -> Line | None:
        """The proposal to resume that waits for another officer."""
        before = next((one for one in reversed(self.lines) if one.step is not Step.AGREED), None)
        return before if before is not None and before.step is Step.PROPOSED else None

    @property
    def agreed(self) -> Line | None:
        """That an organizer agreed to that proposal."""
        return next((one for one in self.lines[-1:] if one.step is Step.AGREED and self.proposal is not None), None)

    @property
    def decided(self) -> Line | None:
        """The entry that made the state what it is."""
        deciding = (Step.PAUSED, Step.BROUGHT_FORWARD, Step.CALLED_OFF, Step.RESUMED)
        return next((one for one in reversed(self.lines) if one.step in deciding), None)

    def state(self, now: int) -> State:
        """How it stands at `now`, as far as its history says by now."""
        if self.pause is not None:
            return State.PAUSED if self.pause.holds(now) else State.PAUSING
        return State.RESUMED if any(one.step is Step.RESUMED for one in self.lines) else State.RUNNING


def check(found: Programme, step: Step, now: int, *, renews: bool = False) -> None:
    """Raise Conflict, with how it stands, where `step` cannot come next. `renews`: what was agreed counts no more."""
    state, pause = found.state(now), found.pause
    if step is Step.PAUSED and pause is not None:
        who = _by(found)
        if state is State.PAUSED:
            raise Conflict(f"The programme is paused already, since {instants.iso(pause.start)}{who}.")
        raise Conflict(
            f"A pause from {instants.iso(pause.start)} on is announced already{who}; bring it forward, or call it off."
        )
    if step in (Step.BROUGHT_FORWARD, Step.CALLED_OFF) and state is not State.PAUSING:
        raise Conflict(f"No pause is announced: the programme is {state.value}. Look at its state again.")
    if step in (Step.PROPOSED, Step.AGREED, Step.DECLINED, Step.RESUMED) and state is not State.PAUSED:
        raise Conflict(f"The programme is {state.value}, not paused, so there is nothing to resume.")
    if step is Step.PROPOSED and found.proposal is not None:
        raise Conflict(f"{found.proposal.name} has proposed to resume already; confirm that, or decline it.")
    if step in (Step.AGREED, Step.DECLINED, Step.RESUMED) and found.proposal is None:
        raise Conflict("Nobody has proposed to resume; an officer proposes it, and another officer confirms.")
    if step is Step.AGREED and found.agreed is not None and not renews:
        raise Conflict(f"{found.agreed.name} has agreed to it already.")


def effective(found: Programme, step: Step, at: int | None, now: int) -> int:
    """From when a pause counts. Raises BadInput for a time that cannot be meant: nobody pauses the past."""
    if at is None:
        return now
    if at < now:
        raise BadInput(
            f"{instants.iso(at)} is past, and what was captured since cannot be paused any more; leave the time out to"
            " pause at once."
        )
    if at > now + AHEAD:
        raise BadInput(f"{instants.iso(at)} is more than a year ahead; announce a pause for a day within the year.")
    if step is Step.BROUGHT_FORWARD and found.pause is not None and at >= found.pause.start:
        raise BadInput(
            f"The pause is announced for {instants.iso(found.pause.start)} already; bring it forward to a time before,"
            " or call it off."
        )
    return at


def reason_of(text: str) -> str:
    """The reason without the space around it. Raises BadInput for none, and for one that is too long."""
    said = text.strip()
    if not said:
        raise BadInput("Give the reason in words; everybody in the company reads it.")
    if len(said) > LONGEST:
        raise BadInput(f"The reason has {len(said):,} characters; {LONGEST:,} are the most that can be kept.")
    return said


def _by(found: Programme) -> str:
    return f", by {found.decided.name}" if found.decided is not None and found.decided.name else ""
