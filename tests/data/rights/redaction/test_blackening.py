"""What is blacked out of a picture is gone, and all else is as it was, pixel by pixel."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from data.errors import BadInput
from data.rights.redaction import region
from data.rights.redaction.blackening import NoPicture, blacken
from data.rights.redaction.region import WHOLE, Region
from tests.data.rights.redaction.drawn import HIGH, WIDE, picture, read

PART = Region(10, 20, 30, 50, WIDE, HIGH)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_the_part_is_black_and_every_other_pixel_is_as_the_original_shows_it(form: str) -> None:
    """Whatever form a collector uses: a lossy picture is not pressed a second time."""
    data = picture(1, form)
    made = blacken(data, [PART])
    before, after = read(data), read(made.data)
    assert after.shape == before.shape
    assert not after[20:50, 10:30].any()
    inside = np.zeros((HIGH, WIDE), bool)
    inside[20:50, 10:30] = True
    assert before[20:50, 10:30].mean() > 50, "it was not black before"
    assert np.array_equal(after[~inside], before[~inside])


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_grey_and_see_through_pictures_are_black_there_too_and_not_see_through(mode: str) -> None:
    made = read(blacken(picture(2, mode=mode), [PART]).data, "RGBA")
    assert not made[20:50, 10:30, :3].any()
    assert (made[20:50, 10:30, 3] == 255).all()


def test_no_metadata_comes_along() -> None:
    """A thumbnail or a caption would show what was blacked out."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "Rosa writes: my back hurts")
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(3))).save(out, "PNG", pnginfo=info)
    made = blacken(out.getvalue() + b"trailing bytes of Rosa", [PART]).data
    assert b"Rosa" in out.getvalue()
    assert b"Rosa" not in made
    assert Image.open(io.BytesIO(made)).info == {}


@settings(max_examples=60)
@given(data=st.data(), width=st.integers(1, 300), height=st.integers(1, 300))
def test_a_region_covers_the_same_share_of_every_picture_and_never_less(
    data: st.DataObject, width: int, height: int
) -> None:
    """Rounding outwards: no sliver of a face is left at an edge. In a picture of its own size it is exact."""
    left, top = data.draw(st.integers(0, WIDE - 1)), data.draw(st.integers(0, HIGH - 1))
    right, bottom = data.draw(st.integers(left + 1, WIDE)), data.draw(st.integers(top + 1, HIGH))
    one = region.checked(Region(left, top, right, bottom, WIDE, HIGH))
    assert one.pixels(WIDE, HIGH) == (left, top, right, bottom)
    box = one.pixels(width, height)
    assert 0 <= box[0] < box[2] <= width
    assert 0 <= box[1] < box[3] <= height
    assert box[0] * WIDE <= left * width
    assert box[2] * WIDE >= right * width
    assert box[1] * HIGH <= top * height
    assert box[3] * HIGH >= bottom * height


@pytest.mark.parametrize("data", [b"", b"no picture at all" * 20, b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_not_given_out_half_blacked(data: bytes) -> None:
    with pytest.raises(NoPicture):
        blacken(data, [WHOLE])


@pytest.mark.parametrize("text", ["", "1,2,3", "10,0,10,5", "0,0,101,5", "0,9,5,3", "a,b,c,d", "-1,0,5,5"])
def test_a_region_that_is_none_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match=r"rectangle|region"):
        region.percent(text)
