"""Copies of captures that others hold: who, since when, for what, and what became of them when something was erased."""
