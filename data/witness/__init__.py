"""A witness: it remembers the newest head of each log it was told to trust and cosigns only what extends that.

It stands on somebody else's machine, e.g. the works council's, and needs nothing of Daylight's store.
"""
