"""Exposures: spans in which data was open to more people than allowed."""
