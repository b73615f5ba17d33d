"""Restriction of processing (GDPR Art. 18): what is held is kept sealed, and opened for nobody but the person."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from data.errors import BadInput
from data.people.viewer import Viewer
from data.programme import rules
from data.programme.reach import Reach, check
from data.programme.rules import RuleKind
from data.rights import opening, record, written
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


class Cause(StrEnum):
    """On which of the four grounds of Art. 18(1) it is asked for. The values are the codes that are stored."""

    ACCURACY = "accuracy_contested"
    UNLAWFUL = "unlawful_but_not_to_be_erased"
    CLAIMS = "needed_for_legal_claims"
    OBJECTION = "objection_pending"

    @property
    def plain(self) -> str:
        """The ground in the person's words."""
        return _PLAIN[self]

    @staticmethod
    def of(code: str) -> Cause:
        """The ground of a typed code. Raises BadInput naming the known ones."""
        try:
            return Cause(code.strip().lower().replace("-", "_"))
        except ValueError:
            raise BadInput(f"There is no ground {code!r} of Article 18; use one of {', '.join(Cause)}.") from None


_PLAIN = {
    Cause.ACCURACY: "It is not right, and you should check it first (Article 18(1)(a)).",
    Cause.UNLAWFUL: "It was captured unlawfully, and I want it kept rather than deleted (Article 18(1)(b)).",
    Cause.CLAIMS: "You no longer need it, but I do, for a legal claim (Article 18(1)(c)).",
    Cause.OBJECTION: "I have objected, and it is not decided yet whose grounds weigh more (Article 18(1)(d)).",
}


def ask(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, reach: Reach, cause: Cause | str, text: str
) -> Request:
    """Ask that what `reach` reaches (empty: everything) is kept sealed, on one of the law's four grounds.

    Raises NotAllowed, NotFound, BadInput for a span that cannot be or without words, Conflict while the same is asked.
    """
    said = written.words(text, "Say in your own words why it is to be sealed; the officer reads it.")
    asked = {"reach": check(reach).as_json(), "cause": Cause.of(cause).value, "text": said}
    return opening.open_new(
        session, viewer, vault, person_id, RequestKind.RESTRICTION, asked, same=lambda held: held.reach == reach
    )


def decide(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, *, approve: bool, reason: str) -> None:
    """Granted, what is asked for is sealed from now on."""
    del viewer, reason
    reach = record.of(session, vault, row).reach
    if approve and reach is not None:
        rules.add(session, vault, row.person_id, row.id, RuleKind.RESTRICTION, reach, granted=True)
