"""The programme's standing rules: what may not be taken in, and what may not be opened."""
