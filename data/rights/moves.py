"""The states of a request, and every legal move between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"  # waits for a privacy officer
    STOPPED = "stopped"  # waits for its person: the clock stands until they answer
    APPROVED = "approved"  # waits for its first step
    HELD = "held"  # is kept by a legal hold, and goes on by itself once that is lifted
    APPEALED = "appealed"  # was refused, and waits for a second officer
    CONTESTED = "contested"  # a part was granted and is done; the rest waits for a second officer
    RUNNING = "running"  # is being carried out, or waits to be taken up again after a crash
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # an export whose file is gone
    LIFTED = "lifted"  # a rule that stood, until the request's `expires_at`

    @property
    def plain(self) -> str:
        """The state in words for people."""
        return _PLAIN[self]


class Move(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    START = "start"
    FINISH = "finish"
    EXPIRE = "expire"
    LIFT = "lift"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    HOLD = "hold"
    RELEASE = "release"
    CONFIRM = "confirm"
    EXTEND = "extend"
    STOP = "ask back about"
    RESUME = "reply to"
    TAKE = "take"
    GIVE_BACK = "give back"


Moves = Mapping[Move, Mapping[State, State]]

# As long as something is to be done about it, an officer can say that they see to it (data/rights/handling.py).
_KEPT: Mapping[State, State] = {
    one: one
    for one in (
        *(State.OPEN, State.STOPPED, State.APPROVED, State.HELD),
        *(State.APPEALED, State.CONTESTED, State.RUNNING),
    )
}

# What happens to every kind alike: to its clock (data/rights/timing.py), and who has it. It leaves a request where it
# stands, but for asking back.
_ALIKE: Moves = {
    Move.TAKE: _KEPT,
    Move.GIVE_BACK: _KEPT,
    Move.CONFIRM: {one: one for one in (State.OPEN, State.STOPPED, State.APPROVED, State.RUNNING)},
    Move.EXTEND: {one: one for one in (State.OPEN, State.APPROVED, State.RUNNING)},
    Move.STOP: {State.OPEN: State.STOPPED},
    Move.RESUME: {State.STOPPED: State.OPEN},
}
# Whoever does not answer within a month can be refused for that, and nothing else can be decided meanwhile; or an
# officer goes on without the answer (data/rights/timing.py).
_REFUSED: Mapping[State, State] = {State.OPEN: State.REFUSED, State.STOPPED: State.REFUSED}
_TAKEN_BACK: Mapping[State, State] = {State.OPEN: State.WITHDRAWN, State.STOPPED: State.WITHDRAWN}

# Whoever was refused appeals once (data/rights/appeals.py). Of what was granted in part and is done, the rest goes on
# as a request of its own.
_UPHELD: Mapping[State, State] = {State.APPEALED: State.REFUSED}
_PARTLY: Moves = {
    Move.APPEAL: {State.REFUSED: State.APPEALED, State.DONE: State.CONTESTED},
    Move.UPHOLD: {**_UPHELD, State.CONTESTED: State.DONE},
    Move.OVERTURN: {State.APPEALED: State.APPROVED, State.CONTESTED: State.DONE},
}
_WHOLLY: Moves = {
    Move.APPEAL: {State.REFUSED: State.APPEALED},
    Move.UPHOLD: _UPHELD,
    Move.OVERTURN: {State.APPEALED: State.DONE},
}

# Decided, then carried out step by step (data/rights/steps.py).
CARRIED_OUT: Moves = {
    **_ALIKE,
    **_PARTLY,
    Move.APPROVE: {State.OPEN: State.APPROVED},
    Move.REFUSE: _REFUSED,
    Move.WITHDRAW: {**_TAKEN_BACK, State.APPROVED: State.WITHDRAWN},
    # A request that runs is started again when a crash stopped it.
    Move.START: {State.APPROVED: State.RUNNING, State.RUNNING: State.RUNNING},
    Move.FINISH: {State.RUNNING: State.DONE},
}
# Of which a legal hold can keep a part, or all, until it is lifted; what the law lets go has gone by then.
HOLDABLE: Moves = {
    **CARRIED_OUT,
    Move.HOLD: {State.RUNNING: State.HELD},
    Move.RELEASE: {State.HELD: State.APPROVED},
    Move.WITHDRAW: {**CARRIED_OUT[Move.WITHDRAW], State.HELD: State.WITHDRAWN},
}
# Whose file is gone after a while.
EXPIRING: Moves = {**CARRIED_OUT, Move.EXPIRE: {State.DONE: State.EXPIRED}}
# Done with the decision itself: nothing is left to carry out.
DECIDED: Moves = {
    **_ALIKE,
    **_WHOLLY,
    Move.APPROVE: {State.OPEN: State.DONE},
    Move.REFUSE: _REFUSED,
    Move.WITHDRAW: _TAKEN_BACK,
}
# Done with the decision itself, and then stands until somebody lifts it.
STANDING: Moves = {**DECIDED, Move.LIFT: {State.DONE: State.LIFTED}}
# Neither approved nor refused: somebody has to answer.
ANSWERED: Moves = {
    **_ALIKE,
    Move.ANSWER: {State.OPEN: State.DONE},
    Move.WITHDRAW: _TAKEN_BACK,
}


_PLAIN = {
    State.OPEN: "waiting for a decision",
    State.STOPPED: "waiting for its person's answer",
    State.APPROVED: "approved and not yet started",
    State.APPEALED: "refused, and appealed",
    State.CONTESTED: "done in part, and the rest appealed",
    State.HELD: "kept by a legal hold",
    State.RUNNING: "being carried out",
    State.DONE: "done",
    State.REFUSED: "refused",
    State.WITHDRAWN: "withdrawn",
    State.EXPIRED: "done, and its file is gone",
    State.LIFTED: "lifted",
}
