"""Every module that declares tables, so that the schema is whole wherever this one is imported."""

from data.accesses import tables as accesses
from data.captures import rollup_tables as rollups
from data.captures import tables as captures
from data.controls import tables as controls
from data.copies import tables as copies
from data.database import Table
from data.notices import tables as notices
from data.people import session_tables
from data.people import tables as people
from data.programme import device_tables as devices
from data.programme import tables as programme
from data.proofs import witness_tables as witnesses
from data.rights import tables as rights
from data.sealing import tables as sealing
from data.statistics import tables as statistics

SCHEMA = Table.metadata
MODULES = (
    accesses,
    witnesses,
    people,
    session_tables,
    sealing,
    programme,
    controls,
    devices,
    copies,
    rollups,
    captures,
    rights,
    notices,
    statistics,
)
