"""Pictures that people send: read with care, and written anew without anything but the picture."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from talkoot.base.errors import TalkootError

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 12_000
WIDTHS = (1280, 480)
"""Pixels of the wide and the narrow form. A picture is never made larger than it is."""
MEDIA_TYPE = "image/webp"

_READ = ("JPEG", "PNG", "WEBP")
_QUALITY = 80

# The size is judged below, before a single pixel is read, and with an error in place of a warning.
Image.MAX_IMAGE_PIXELS = None


class BadPicture(TalkootError):
    """A file that is no picture we take. The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A picture as it is served: WebP, without metadata. ``id``: SHA-256 of the bytes, in hex."""

    id: str
    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in two widths; both may be the same where what was sent is narrow."""

    wide: Rendering
    narrow: Rendering


def picture_made(sent: bytes) -> Picture:
    """Read a JPEG, PNG or WebP and write it anew, upright, in two widths.

    Nothing of the file but its first picture remains: no place, no camera, no other file within.
    Takes up to a second of one processor: call it in a thread. Raises :class:`BadPicture` for
    more than :data:`MAX_BYTES` or :data:`MAX_PIXELS`, and for what is broken or something else.
    """
    if len(sent) > MAX_BYTES:
        raise BadPicture(f"{len(sent)} bytes, and at most {MAX_BYTES} are taken")
    try:
        with Image.open(BytesIO(sent), formats=_READ) as opened:
            _judge_size(opened.size)
            upright = ImageOps.exif_transpose(opened)
            clean = _flat(upright)
    except UnidentifiedImageError as err:
        raise BadPicture("this is no JPEG, PNG or WebP picture") from err
    except BadPicture:
        raise
    except Exception as err:  # readers of pictures raise whatever a broken file makes them
        raise BadPicture("the picture is broken") from err
    return Picture(wide=_rendered(clean, WIDTHS[0]), narrow=_rendered(clean, WIDTHS[1]))


def _judge_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        raise BadPicture(f"{width} x {height} pixels, and at most {MAX_PIXELS} are taken")


def _flat(picture: Image.Image) -> Image.Image:
    """Give the picture alone, in plain colours; what is transparent becomes white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    flat = picture.convert("RGB")
    flat.info.clear()
    return flat


def _rendered(picture: Image.Image, width: int) -> Rendering:
    shown = picture
    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        shown = picture.resize((width, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    shown.save(out, "WEBP", quality=_QUALITY, method=4)
    body = out.getvalue()
    return Rendering(id=sha256(body).hexdigest(), body=body, width=shown.width, height=shown.height)
