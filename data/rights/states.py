"""What a request is: its kinds, and in which words and by which moves (data/rights/moves.py) each goes on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.errors import Conflict
from data.rights.grounds import Ground as Ground
from data.rights.moves import ANSWERED, DECIDED, EXPIRING, HOLDABLE, STANDING, Moves
from data.rights.moves import Move as Move
from data.rights.moves import State as State


class RequestKind(StrEnum):
    """What a person asks for. What sets one apart from the others stands in NATURES, below."""

    EXPORT = "export"
    ERASURE = "erasure"
    QUESTION = "question"
    REVEAL = "reveal"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    CORRECTION = "correction"
    ATTRIBUTION = "attribution"

    @property
    def plain(self) -> str:
        """What it is called on a screen."""
        return self.nature.plain

    @property
    def nature(self) -> Nature:
        """Its words, its moves and what it is about."""
        return NATURES[self]


@dataclass(frozen=True)
class Nature:
    """What sets one kind of request apart. The gap in `title` and `asks` is for what it is about: captures, or with
    `about_access` one access. `steps` is the line on which the person sees it move; `states` are the words for
    states that do not fit the usual ones. `self_granted`: whoever asks for themselves needs nobody's decision.
    `standing`: what is granted goes on until somebody lifts it. `delayed`: between approval and start the person can
    still take it back."""

    plain: str
    many: str
    title: str
    asks: str
    steps: tuple[str, ...]
    moves: Moves
    about_access: bool = False
    self_granted: bool = False
    standing: bool = False
    delayed: bool = False
    states: Mapping[State, str] = field(default_factory=dict[State, str])
    law: str = ""


NATURES: Mapping[RequestKind, Nature] = {
    RequestKind.EXPORT: Nature(
        plain="a copy",
        many="Copies",
        title="Copy of {}",
        asks="for a copy of {}",
        steps=("Asked", "Being made", "Ready"),
        moves=EXPIRING,
        self_granted=True,
    ),
    RequestKind.ERASURE: Nature(
        plain="a deletion",
        many="Deletions",
        title="Deletion of {}",
        asks="for the deletion of {}",
        steps=("Asked", "Decision", "Deletion", "Gone"),
        moves=HOLDABLE,
        delayed=True,
    ),
    RequestKind.QUESTION: Nature(
        plain="a question about a look",
        many="Questions",
        title="Question about {}",
        asks="about {}",
        steps=("Asked", "Answer"),
        moves=ANSWERED,
        about_access=True,
        states={State.OPEN: "waiting for an answer", State.DONE: "answered"},
        law="A question about a look runs under the same clock as a request for a copy.",
    ),
    RequestKind.REVEAL: Nature(
        plain="the name behind a look",
        many="Names",
        title="The name behind {}",
        asks="for the name behind {}",
        steps=("Asked", "Decision", "Name"),
        moves=DECIDED,
        about_access=True,
        states={State.DONE: "approved, and the name was told"},
        law="Asking for the name behind a look runs under the same clock as a request for a copy.",
    ),
    RequestKind.OBJECTION: Nature(
        plain="an objection",
        many="Objections",
        title="Objection to {}",
        asks="that {} is neither captured nor used",
        steps=("Asked, and kept out meanwhile", "Decision", "Stands"),
        moves=STANDING,
        standing=True,
        states={State.DONE: "granted, and it stands"},
        law="While it waits, nothing of it is taken in, or opened for anybody else"
        " (GDPR, Articles 21(1) and 18(1)(d)). It can be refused only for compelling grounds that outweigh yours.",
    ),
    RequestKind.RESTRICTION: Nature(
        plain="a sealing",
        many="Sealings",
        title="Sealing of {}",
        asks="that {} is kept sealed",
        steps=("Asked", "Decision", "Sealed"),
        moves=STANDING,
        standing=True,
        states={State.DONE: "granted, and it stands"},
        law="It is then kept and not used: it is opened only for you, and you are told before that ends"
        " (GDPR, Article 18).",
    ),
    RequestKind.CORRECTION: Nature(
        plain="a correction of the roster",
        many="Corrections",
        title="Correction of {}",
        asks="for the correction of {}",
        steps=("Asked", "Decision", "Corrected"),
        moves=DECIDED,
        states={State.DONE: "granted, and corrected"},
        law="What is wrong about you must be corrected (GDPR, Article 16).",
    ),
    RequestKind.ATTRIBUTION: Nature(
        plain="a correction of whose captures they are",
        many="Not theirs",
        title="Not you: {}",
        asks="that {} is not taken as theirs",
        steps=("Asked", "Decision", "Marked"),
        moves=STANDING,
        standing=True,
        states={State.DONE: "granted, and it stands"},
        law="It is then kept with your statement, opened for nobody else as yours, and whoever holds a copy is told"
        " (GDPR, Articles 16 and 19).",
    ),
}

# The step with which what is approved begins; until a request has passed it, nothing is changed.
FIRST_STEP = "start"
# A second officer looks at what was refused: all of it, or the rest of what was granted.
APPEALS = frozenset({State.APPEALED, State.CONTESTED})
WAITING = frozenset({State.OPEN, State.STOPPED, State.APPROVED, State.HELD, State.RUNNING, *APPEALS})
# About which an officer still has to do something, now or once its person has replied.
UNDECIDED = frozenset({State.OPEN, State.STOPPED, *APPEALS})
# Whose person has no answer yet. What a hold keeps was answered: they read what stays, why, and until when.
UNANSWERED = WAITING - {State.HELD}
ENDED = frozenset(State) - WAITING
# What was granted is done: a copy can be taken, a certificate read, also while the rest is appealed.
FINISHED = frozenset({State.DONE, State.CONTESTED})

# An objection is refused for these alone (GDPR Art. 21(1)), or because it was not the person who raised it.
_OF_OBJECTIONS = (Ground.COMPELLING, Ground.LEGAL_CLAIMS, Ground.FRAUD, Ground.IDENTITY)


# Of what is still not answered: what is meant is not known, or who asked. An objection is not refused for silence about
# what it means (GDPR Art. 21(1) names the only grounds); it goes on without the answer.
_OF_UNANSWERED = (Ground.NO_REPLY, Ground.IDENTITY)


def grounds(kind: RequestKind, state: State = State.OPEN) -> tuple[Ground, ...]:
    """The grounds on which a request of this kind may be refused as it stands."""
    if state is State.STOPPED:
        return (Ground.IDENTITY,) if kind is RequestKind.OBJECTION else _OF_UNANSWERED
    if kind is RequestKind.OBJECTION:
        return _OF_OBJECTIONS
    return tuple(ground for ground in Ground if ground not in (Ground.COMPELLING, Ground.NO_REPLY))


def is_late(state: State, days_left: int) -> bool:
    """Whether the day on which the answer was due has passed without one."""
    return state in UNANSWERED and days_left < 0


def in_words(kind: RequestKind, state: State) -> str:
    """Where a request of this kind stands, in words for people."""
    return kind.nature.states.get(state, state.plain)


def after(kind: RequestKind, state: State, move: Move, request_id: int) -> State:
    """The state that `move` leads to. Raises Conflict, in a sentence that says where the request stands."""
    moves = kind.nature.moves
    if move not in moves:
        possible = sorted(one.value for one in moves.keys() & {Move.APPROVE, Move.REFUSE, Move.ANSWER})
        raise Conflict(
            f"Request {request_id} asks for {kind.plain}, so you cannot {move.value} it; you can "
            f"{' or '.join(possible)} it."
        )
    found = moves[move].get(state)
    if found is None:
        raise Conflict(
            f"Request {request_id} is {in_words(kind, state)}, so you cannot {move.value} it; reload to see its state."
        )
    return found
