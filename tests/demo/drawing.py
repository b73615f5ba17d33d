"""Screens, drawn: a window with its title, a side list and the lines somebody just typed."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from tests.demo.company import plain

_TINTS = ("#24506b", "#5b3a6e", "#2f5d3a", "#7a4a1f", "#44546a", "#6b2d3c", "#1f5a5a")


def screen(app: str, title: str, lines: tuple[str, ...], width: int, height: int) -> bytes:
    """A WebP image of about ten kilobytes, `width` by `height`; the same words always give the same bytes."""
    tint = _TINTS[sum(app.encode()) % len(_TINTS)]
    image = Image.new("RGB", (width, height), "#d9dee3")
    draw = ImageDraw.Draw(image)
    small, large = ImageFont.load_default(13), ImageFont.load_default(17)
    left, top, right, bottom = int(width * 0.04), int(height * 0.05), int(width * 0.96), int(height * 0.93)
    draw.rectangle((left, top, right, bottom), fill="#fbfbfa", outline="#8a939c")
    draw.rectangle((left, top, right, top + 30), fill=tint)
    draw.text((left + 12, top + 7), _shown(title), font=small, fill="white")
    for place in range(3):
        draw.ellipse((right - 22 - 20 * place, top + 9, right - 10 - 20 * place, top + 21), fill="#ffffff")
    side = left + int(width * 0.2)
    draw.rectangle((left + 1, top + 31, side, bottom - 1), fill="#eceff2")
    for row in range(12):
        wide = 50 + (row * 37 + len(title) * 11) % max(60, side - left - 70)
        draw.rectangle((left + 14, top + 50 + 32 * row, left + 14 + wide, top + 60 + 32 * row), fill="#b9c3cc")
    for row, line in enumerate(lines):
        draw.text((side + 26, top + 60 + 34 * row), _shown(line), font=large, fill="#23282d")
    draw.rectangle((0, height - 26, width, height), fill="#39424c")
    draw.text((12, height - 21), app, font=small, fill="#e8ecef")
    out = io.BytesIO()
    image.save(out, "WEBP", quality=55, method=0)
    return out.getvalue()


def _shown(text: str) -> str:
    """The built-in font draws Western letters only; others lose their marks rather than become empty boxes."""
    text = text.replace("—", "-")
    return "".join(letter if ord(letter) < 0x100 else plain(letter) for letter in text)[:110]
