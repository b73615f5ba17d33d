"""What a request is, which states it can be in, and every legal move between them. Pure."""

from __future__ import annotations

from enum import StrEnum

from data.errors import BadInput, Conflict


class RequestKind(StrEnum):
    """What a person asks for."""

    EXPORT = "export"
    ERASURE = "erasure"

    @property
    def plain(self) -> str:
        """What it is called on a screen."""
        return {"export": "a copy", "erasure": "a deletion"}[self.value]


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"  # waits for a privacy officer
    APPROVED = "approved"  # waits for its first step
    RUNNING = "running"  # is being carried out, or waits to be taken up again after a crash
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # an export whose file is gone

    @property
    def plain(self) -> str:
        """The state in words for people."""
        return _PLAIN[self]


class Move(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    START = "start"
    FINISH = "finish"
    EXPIRE = "expire"


MOVES: dict[Move, dict[State, State]] = {
    Move.APPROVE: {State.OPEN: State.APPROVED},
    Move.REFUSE: {State.OPEN: State.REFUSED},
    Move.WITHDRAW: {State.OPEN: State.WITHDRAWN, State.APPROVED: State.WITHDRAWN},
    # A request that runs is started again when a crash stopped it.
    Move.START: {State.APPROVED: State.RUNNING, State.RUNNING: State.RUNNING},
    Move.FINISH: {State.RUNNING: State.DONE},
    Move.EXPIRE: {State.DONE: State.EXPIRED},
}

WAITING = frozenset({State.OPEN, State.APPROVED, State.RUNNING})
ENDED = frozenset(State) - WAITING

_PLAIN = {
    State.OPEN: "waiting for a decision",
    State.APPROVED: "approved and about to start",
    State.RUNNING: "being carried out",
    State.DONE: "done",
    State.REFUSED: "refused",
    State.WITHDRAWN: "withdrawn",
    State.EXPIRED: "done, and its file is gone",
}


class Ground(StrEnum):
    """Why a request may be refused. The values are the codes that are stored and typed."""

    FRAUD = "fraud_suspected"
    IDENTITY = "identity_not_verified"
    NO_MATCH = "no_match"
    NOT_COVERED = "not_covered"
    OUTSIDE = "outside_jurisdiction"
    UNFOUNDED = "manifestly_unfounded_or_excessive"
    LEGAL_HOLD = "legal_hold"
    OTHER = "other"

    @property
    def plain(self) -> str:
        """The ground in words for the person who was refused."""
        return _GROUNDS[self]

    @staticmethod
    def of(code: str) -> Ground:
        """The ground of a typed code ("legal-hold" is read as "legal_hold"). Raises BadInput naming the known ones."""
        try:
            return Ground(code.strip().lower().replace("-", "_").replace(" ", "_"))
        except ValueError:
            raise BadInput(f"There is no ground {code!r}; use one of {', '.join(Ground)}.") from None


_GROUNDS = {
    Ground.FRAUD: "We suspect that somebody else asked in your name.",
    Ground.IDENTITY: "We could not make sure that it was you who asked.",
    Ground.NO_MATCH: "We hold nothing that matches what you asked about.",
    Ground.NOT_COVERED: "The law does not give this right for what you asked about.",
    Ground.OUTSIDE: "The law you rely on does not apply where you work.",
    Ground.UNFOUNDED: "The request is manifestly unfounded or excessive.",
    Ground.LEGAL_HOLD: "We are legally bound to keep this for now.",
    Ground.OTHER: "Another reason, given below.",
}


def after(state: State, move: Move, request_id: int) -> State:
    """The state that `move` leads to. Raises Conflict, in a sentence that says where the request stands."""
    found = MOVES[move].get(state)
    if found is None:
        raise Conflict(
            f"Request {request_id} is {state.plain}, so you cannot {move.value} it; reload to see its state."
        )
    return found
