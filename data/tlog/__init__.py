"""Transparency log formats as C2SP and the IETF publish them: bytes and text in, values out. No I/O."""
