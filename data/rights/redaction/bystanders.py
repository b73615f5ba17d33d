"""Bystander rules: which pictures are blacked out in every copy without anybody looking at them, as officers set it.

The log is the only record of it: each change is an entry that everybody reads, holds from then on, and alters no copy
that was made before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures.tables import ScreenRow
from data.database import lock
from data.errors import BadInput, Conflict, NotFound
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.rights.redaction import region as regions
from data.rights.redaction.region import WHOLE, Region, Shown
from data.sealing.vault import Vault

MOST, LONGEST = 50, 200  # rules, or names of a rule; characters of a name or of the words
_LOCK = "bystander rules"

Window = tuple[str, str]  # app and title; empty where it is not known


@dataclass(frozen=True)
class Rule:
    """While a window of one of `apps` and with one of `titles` is in front (in any case; * stands for any text, none
    does not narrow), `region` of the screen is blacked out, because it shows `shown`."""

    apps: tuple[str, ...]
    titles: tuple[str, ...]
    shown: Shown
    region: Region = WHOLE
    words: str = ""

    @property
    def plain(self) -> str:
        """The rule as a sentence."""
        apps = " or ".join(self.apps)
        titles = " or ".join(f"“{title}”" for title in self.titles)
        window = f"a window titled {titles}" if titles else ""
        front = f"{window} of {apps}" if window and apps else window or apps
        more = f" ({self.words})" if self.words else ""
        return (
            f"While {front} is in front, {self.region.plain} is blacked out, as it can show {self.shown.plain}{more}."
        )

    def reaches(self, window: Window) -> bool:
        """Whether a window is one of those that it names."""
        app, title = window
        return _names(self.apps, app) and _names(self.titles, title)

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `of` reads back."""
        return asdict(self) | {"apps": list(self.apps), "titles": list(self.titles), "region": self.region.as_json()}

    @staticmethod
    def of(value: Mapping[str, Any]) -> Rule:
        """What `as_json` wrote."""
        apps, titles = tuple(value["apps"]), tuple(value["titles"])
        return Rule(apps, titles, Shown(value["shown"]), Region.of(value["region"]), value["words"])


@dataclass(frozen=True)
class Ruleset:
    """What holds from `since` (microseconds UTC) on. `waits`: a person's copy that may hold pictures is made only once
    an officer has approved it. `position`: the entry of the log."""

    rules: tuple[Rule, ...] = ()
    waits: bool = False
    version: int = 0
    since: int = 0
    position: int = -1


@dataclass(frozen=True)
class Register:
    """Every set there was, oldest first; `altered` counts entries of it that no longer open."""

    sets: tuple[Ruleset, ...] = ()
    altered: int = 0

    @property
    def now(self) -> Ruleset:
        """What holds now; the empty set until an officer sets one."""
        return self.sets[-1] if self.sets else Ruleset()


def add(session: Session, viewer: Viewer, vault: Vault, rule: Rule) -> Ruleset:
    """Have a rule hold from now on. Permission SET_BYSTANDERS, and a sign-in of just now. Raises
    BadInput, and Conflict when it holds already."""
    checked = _checked(rule)
    held = _held(session, viewer, vault)
    if checked in held.rules:
        raise Conflict("Exactly this rule holds already; nothing was changed.")
    if len(held.rules) >= MOST:
        raise BadInput(f"There are {MOST} rules already, which is as many as there can be; drop one first.")
    return _put(session, viewer, vault, replace(held, rules=(*held.rules, checked)))


def drop(session: Session, viewer: Viewer, vault: Vault, number: int, *, version: int | None = None) -> Ruleset:
    """End the rule of that number (from 1). `version` is the set that was read: with it, a rule that got this number
    meanwhile is not ended. Permission SET_BYSTANDERS. Raises NotFound, and Conflict when it is another set by now."""
    held = _held(session, viewer, vault)
    if version is not None and held.version != version:
        raise Conflict("The rules were changed meanwhile; none was ended. Reload to read them.")
    if not 1 <= number <= len(held.rules):
        raise NotFound(f"There is no bystander rule {number}; {len(held.rules)} hold now.")
    left = held.rules[: number - 1] + held.rules[number:]
    return _put(session, viewer, vault, replace(held, rules=left))


def wait(session: Session, viewer: Viewer, vault: Vault, waits: bool) -> Ruleset:
    """Say whether copies that may hold pictures wait for an officer. Permission SET_BYSTANDERS. Raises Conflict when it
    is so already."""
    held = _held(session, viewer, vault)
    if held.waits == waits:
        raise Conflict("It is so already; nothing was changed.")
    return _put(session, viewer, vault, replace(held, waits=waits))


def register(session: Session, vault: Vault) -> Register:
    """Everything that was set."""
    found, altered = events.of(session, vault, Action.BYSTANDERS)
    sets = [
        Ruleset(
            tuple(Rule.of(one) for one in scope["rules"]),
            scope["waits"],
            scope["version"],
            row.recorded_at,
            row.position,
        )
        for row, scope in found
    ]
    return Register(tuple(sets), altered)


def waits(session: Session, vault: Vault, person_id: int) -> bool:
    """Whether a person's copies wait for an officer now: that is set, and pictures of them are held."""
    held = select(ScreenRow.digest).where(ScreenRow.person_id == person_id).limit(1)
    return session.scalar(held) is not None and register(session, vault).now.waits


def _held(session: Session, viewer: Viewer, vault: Vault) -> Ruleset:
    require(viewer, Permission.SET_BYSTANDERS)
    require_fresh(viewer)
    lock(session, _LOCK)
    return register(session, vault).now


def _put(session: Session, viewer: Viewer, vault: Vault, wanted: Ruleset) -> Ruleset:
    version = wanted.version + 1
    position = log.append(
        session,
        vault,
        action=Action.BYSTANDERS,
        people=(),
        accessor=viewer,
        reason=None,
        scope={"rules": [one.as_json() for one in wanted.rules], "waits": wanted.waits, "version": version},
        count=len(wanted.rules),
    )
    since = session.get_one(EntryRow, position).at
    return replace(wanted, version=version, since=since, position=position)


def _checked(rule: Rule) -> Rule:
    apps, titles = _tidy(rule.apps), _tidy(rule.titles)
    if not apps and not titles:
        raise BadInput("A bystander rule names apps, or patterns of window titles, or both; name one.")
    words = rule.words.strip()
    texts = (*apps, *titles, words)
    if max(len(apps), len(titles)) > MOST or any(len(one) > LONGEST or not one.isprintable() for one in texts):
        raise BadInput(f"A bystander rule has at most {MOST} names, each in at most {LONGEST} plain characters.")
    if any(not one.strip("*? ") for one in (*apps, *titles)):
        raise BadInput("A name of stars alone would black out everything; leave it out, or say what you mean.")
    if rule.shown is Shown.OTHER and not words:
        raise BadInput("Say in words what is blacked out; the people concerned read it.")
    return Rule(apps, titles, rule.shown, regions.checked(rule.region), words)


def _tidy(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(name.split()) for name in names if name.strip()}, key=str.casefold))


def _names(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(_pattern(one).fullmatch(name.casefold()) for one in patterns)


def _pattern(name: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(one, re.escape(one)) for one in name.casefold()), re.DOTALL)
