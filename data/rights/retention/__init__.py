"""Retention: what the privacy notice promises to keep for so long is deleted once that is over."""
