"""Promises about who may read what was captured, each with a probe that really looks."""
