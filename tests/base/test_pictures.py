"""Pictures are read with care; what is served is a new picture and nothing else."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image

from talkoot.base.pictures import MAX_BYTES, BadPicture, picture_made

SECRET = b"60.1699N 24.9384E Kamera 1234"


def picture(
    form: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", *, turned: int = 0
) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    if turned:
        exif[0x0112] = turned
    out = BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, form, exif=exif)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_without_where_and_with_what_it_was_taken(form: str) -> None:
    sent = picture(form)
    assert SECRET in sent
    made = picture_made(sent)
    assert SECRET not in made.wide.body
    assert opened(made.wide.body).format == "WEBP"
    assert not opened(made.wide.body).getexif()
    assert (made.wide.width, made.wide.height) == (64, 48)


def test_a_picture_taken_sideways_stands_upright() -> None:
    made = picture_made(picture("JPEG", (80, 40), turned=6))
    assert (made.wide.width, made.wide.height) == (40, 80)


def test_a_large_picture_is_served_in_two_widths() -> None:
    made = picture_made(picture("JPEG", (2000, 1000)))
    assert (made.wide.width, made.wide.height) == (1280, 640)
    assert (made.narrow.width, made.narrow.height) == (480, 240)


def test_what_is_transparent_becomes_white() -> None:
    made = picture_made(picture("PNG", mode="RGBA"))
    pixel = opened(made.wide.body).convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


def test_another_file_hidden_in_a_picture_is_gone() -> None:
    made = picture_made(picture("JPEG") + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in made.wide.body
    assert b"PK\x03\x04" not in made.wide.body


def chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "no JPEG, PNG or WebP"),
        (SVG, "no JPEG, PNG or WebP"),
        (b"GIF89a" + b"\x00" * 40, "no JPEG, PNG or WebP"),
        (b"%PDF-1.7", "no JPEG, PNG or WebP"),
        (picture("JPEG", (400, 300))[:700], "broken"),
        (png(64, 64, chunk(b"IDAT", b"not compressed at all")), "broken"),
        (png(50_000, 50_000, chunk(b"IDAT", zlib.compress(b"\x00" * 10**6))), "50000 x 50000"),
        (png(12_001, 1, chunk(b"IDAT", b"")), "12001 x 1"),
        (png(64, 64, chunk(b"iCCP", b"a\x00\x00" + zlib.compress(b"\x00" * 10**8))), "broken"),
        (b"\xff" * (MAX_BYTES + 1), "at most"),
    ],
    ids=["nothing", "svg", "gif", "pdf", "cut", "garbage", "bomb", "long", "zip-bomb", "too-big"],
)
def test_what_is_no_picture_that_we_take_is_refused_with_the_reason(sent: bytes, why: str) -> None:
    with pytest.raises(BadPicture, match=why):
        picture_made(sent)
