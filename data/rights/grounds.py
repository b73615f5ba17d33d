"""The grounds on which a request may be refused: the codes that are stored, and the words for whoever was. Pure."""

from __future__ import annotations

from enum import StrEnum

from data.errors import BadInput


class Ground(StrEnum):
    """Why a request may be refused. The values are the codes that are stored and typed."""

    FRAUD = "fraud_suspected"
    IDENTITY = "identity_not_verified"
    NO_MATCH = "no_match"
    NOT_COVERED = "not_covered"
    OUTSIDE = "outside_jurisdiction"
    UNFOUNDED = "manifestly_unfounded_or_excessive"
    LEGAL_HOLD = "legal_hold"
    COMPELLING = "compelling_legitimate_grounds"
    LEGAL_CLAIMS = "legal_claims"
    NO_REPLY = "no_reply"
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
    Ground.COMPELLING: "There are compelling legitimate grounds that outweigh your interests, rights and freedoms.",
    Ground.LEGAL_CLAIMS: "It is needed to establish, exercise or defend legal claims.",
    Ground.NO_REPLY: "We asked you for something that we need, and had no answer. You can ask anew at any time.",
    Ground.OTHER: "Another reason, given below.",
}
