"""Everybody else in the invented company: 580 people beside the sixty of company.py, in five departments. None exists.

About a quarter of them were ever captured, for an hour. They are there so that figures about groups of people have
groups to be about.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.demo import company
from tests.demo.company import Employee

# The division of each department. People and Finance is too small to be shown outside of its division.
DIVISIONS = {
    "Engineering": "Technology",
    "Operations": "Service",
    "Customer Support": "Service",
    "Sales": "Commerce",
    "People and Finance": "Commerce",
}
SIZES = {"Engineering": 198, "Sales": 142, "Customer Support": 154, "People and Finance": 36, "Operations": 110}

_FIRST = """
    Adaeze Aino Alessia Amir Anouk Arjun Astrid Bashir Blanka Caio Celia Cosmin Dagmar Delphine Dmitri Eilidh Emre
    Esther Fabio Fenna Filipa Gita Goran Hakim Halina Iker Ines Jakub Jovana Kamala Kofi Lamia Leif Ludmila Malik
    Marta Mirela Nils Nkechi Oona Pavel Petra Quentin Radka Rosa Samir Sanna Tariq Teodor Ulla Vera Wanja Xavi
    Yara Zainab
"""
_LAST = """
    Abara Aguilar Bergström Bianchi Botha Cardoso Chaudhry Demirci Dubois Eriksen Farouk Fischer Gomes Grünwald
    Haugen Ibáñez Jansen Kaplan Kovač Lehtinen Lombardi Mazur Mbeki Nakamura Novotná Oyelaran Papadakis Quintero
    Ricci Sørensen Šimek Tavares Ueda Vasile Weber Yilmaz Zieliński
"""


@cache
def everybody() -> tuple[Employee, ...]:
    """The sixty first, then the others by department, each in a fixed order; 640 in all."""
    found, names = list(company.people()), _names()
    for department, size in SIZES.items():
        head = next((one for one in found if one.department == department and one.head), None)
        for _ in range(size - sum(one.department == department for one in company.people())):
            number = len(found) + 1
            boss = "" if head is None else head.email
            site = company.SITES[number % len(company.SITES)]
            found.append(Employee(number, next(names), department, head is None, site, boss=boss))
            head = head or found[-1]
    return tuple(found)


def others() -> tuple[Employee, ...]:
    """All but the sixty."""
    return everybody()[len(company.people()) :]


def division(one: Employee) -> str:
    """Of their department."""
    return DIVISIONS[one.department]


def _names() -> Iterator[str]:
    """First and last names in ever new pairs; none is one of the sixty's."""
    first, last = _FIRST.split(), _LAST.split()
    for step in range(len(first) * len(last)):
        yield f"{first[step % len(first)]} {last[step * 7 % len(last)]}"
