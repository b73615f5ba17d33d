"""How the figures about people are made, in sentences that every document carries, and which program made them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from data.people import crowd

SMALLEST = crowd.SMALLEST  # people of a group
COVERAGE = 95  # percent of intervals that hold the true number
VERSION = 1

SENTENCES: Mapping[str, str] = {
    "What is protected": "Each person's answers. Noise is added so that the figures come out nearly as likely whatever"
    " any one person's answers in the quarter are. Two databases are neighbours when they differ in all answers of one"
    " person in one quarter; who works in which department is known to colleagues, and is not protected.",
    "Budget": "Epsilon 1 a person a quarter, over all figures of that quarter. Whatever somebody knows already, all of"
    " them together change the odds of any answer of one person by a factor of at most e (2.72). What stays the same"
    " over several quarters is counted in each of them, and the budgets of quarters add up.",
    "Noise": "Discrete Laplace noise by OpenDP, once for each department, division and the company; drawn once, stored,"
    " and never drawn again.",
    "Groups": f"At least {SMALLEST} people each. Smaller departments are counted together with others of their"
    " division (of the company, where there are no divisions), and small divisions with other divisions, so that no"
    " total less what is shown of it leaves fewer. Sizes are given to two significant digits.",
    "Adjustment": "Parts and totals are brought together by weighted least squares (Hay et al. 2010), and then to whole"
    " numbers from 0 to the size of the group, so that parts add up to their totals.",
    "Interval": f"In {COVERAGE} of 100 cases, or more, the true number lies within it. Its width follows from the noise"
    " alone: the error of the adjusted figure was simulated with a fixed seed that the code shows. Where the size of"
    " the group or 0 is reached, the interval ends there.",
    "Who is counted": "The people and departments of the roster at the time of drawing, without those who had left"
    " before the quarter began, and what was known of the quarter by then.",
}


@cache
def code() -> str:
    """The version of the program: the method's, a digest of the modules that carry it out, and OpenDP's."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in (*sorted(here.glob("*.py")), here.parent / "quarter.py"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"method {VERSION}, modules {digest.hexdigest()[:16]}, OpenDP {version('opendp')}"
