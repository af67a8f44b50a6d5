"""Pictures, by the whole of their structure; and what a picture tells beside what it shows, taken out of it.

A photograph says where and when it was taken and with what. `without_traces` copies only what is needed to draw it,
piece by piece, not pressed anew: no EXIF but which side is up, no comments, nothing behind the picture's end.
"""

import re
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from PIL import Image

from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.reading import chunks, exactly, size_of

MOST_POINTS = 100_000_000
# Pillow warns of half as many; here each picture is measured as soon as its head is read.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
# A part that stays: bytes as they are, or a place and length in the file.
Part = bytes | tuple[int, int]
_ORIENTATION = 0x0112


def jpeg(file: IO[bytes]) -> Found:
    return _found(file, "image/jpeg", "JPEG", jpeg_parts)


def png(file: IO[bytes]) -> Found:
    return _found(file, "image/png", "PNG", png_parts)


def gif(file: IO[bytes]) -> Found:
    return _found(file, "image/gif", "GIF", gif_parts)


def webp(file: IO[bytes]) -> Found:
    return _found(file, "image/webp", "WEBP", webp_parts)


def _found(file: IO[bytes], content_type: str, name: str, parts: Callable[[IO[bytes]], Iterator[Part]]) -> Found:
    for _ in parts(file):
        pass
    file.seek(0)
    try:
        with Image.open(file, formats=[name]) as picture:  # reads the head only
            width, height = picture.size
    except Image.DecompressionBombError:
        raise Unwelcome("pixels") from None
    except Exception:  # each format has its own ways to be broken
        raise Unwelcome("broken") from None
    if width * height > MOST_POINTS:
        raise Unwelcome("pixels")
    return Found(content_type, width, height)


def without_traces(file: IO[bytes], content_type: str, into: IO[bytes]) -> None:
    """Copy the picture into `into` without what it tells beside what it shows. Only after it was recognised."""
    for part in _PARTS[content_type](file):
        if isinstance(part, bytes):
            into.write(part)
        else:
            file.seek(part[0])
            for chunk in chunks(file, part[1]):
                into.write(chunk)


# --- JPEG: ISO/IEC 10918-1, annex B ---------------------------------------------------------------------------------
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def jpeg_parts(file: IO[bytes]) -> Iterator[Part]:
    """Yield what draws the picture, a minimal EXIF that says which side is up, and nothing behind its end."""
    upright, size, at, scans = _orientation(file), size_of(file), 2, 0
    yield b"\xff\xd8"
    while True:
        file.seek(at)
        mark, code = exactly(file, 2)
        if mark != 0xFF:
            raise Unwelcome("broken")
        if code == 0xFF:  # filling
            at += 1
            continue
        if code == 0xD9 and scans:
            yield b"\xff\xd9"
            return
        if code < 0xC0 or 0xD0 <= code <= 0xD9:
            raise Unwelcome("broken")
        length = int.from_bytes(exactly(file, 2), "big")
        if length < 2 or at + 2 + length > size:
            raise Unwelcome("broken")
        start = file.read(min(12, length - 2))
        if upright and code != 0xE0:
            yield _segment(0xE1, upright)
            upright = b""
        if _draws_jpeg(code, start):
            yield at, 2 + length
        at += 2 + length
        if code == 0xDA:
            end = _end_of_scan(file, at)
            yield at, end - at
            at, scans = end, scans + 1


def _draws_jpeg(code: int, start: bytes) -> bool:
    if code == 0xE2:
        return start.startswith(b"ICC_PROFILE\0")
    if code in (0xE0, 0xEE):
        return start.startswith((b"JFIF\0", b"Adobe"))
    return code < 0xE0


def _segment(code: int, content: bytes) -> bytes:
    return bytes([0xFF, code]) + (len(content) + 2).to_bytes(2, "big") + content


def _orientation(file: IO[bytes]) -> bytes:
    """Return an EXIF block that holds the orientation alone, nothing when the picture stands upright."""
    file.seek(0)
    try:
        with Image.open(file, formats=["JPEG"]) as picture:
            side = picture.getexif().get(_ORIENTATION, 1)
    except Image.DecompressionBombError:
        raise Unwelcome("pixels") from None
    except Exception:  # each broken file is broken in its own way
        raise Unwelcome("broken") from None
    if side not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[_ORIENTATION] = side
    return exif.tobytes()


def _end_of_scan(file: IO[bytes], at: int) -> int:
    file.seek(at)
    kept = b""
    for chunk in chunks(file):
        looked_at = kept + chunk
        found = _END_OF_SCAN.search(looked_at)
        if found:
            return at + found.start()
        at += len(looked_at) - 1
        kept = looked_at[-1:]
    raise Unwelcome("broken")


# --- PNG: W3C, 5.3 and 11 -------------------------------------------------------------------------------------------
_DRAW_PNG = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD",
    b"pHYs", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip


def png_parts(file: IO[bytes]) -> Iterator[Part]:
    """Yield the chunks that draw the picture, each with its sum checked, up to the last one."""
    at, drawn = 8, False
    yield b"\x89PNG\r\n\x1a\n"
    while True:
        file.seek(at)
        header = exactly(file, 8)
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if length >= 1 << 31 or (at == 8) != (name == b"IHDR"):
            raise Unwelcome("broken")
        total = zlib.crc32(name)
        for chunk in chunks(file, length):
            total = zlib.crc32(chunk, total)
        if int.from_bytes(exactly(file, 4), "big") != total:
            raise Unwelcome("broken")
        drawn = drawn or name == b"IDAT"
        if name in _DRAW_PNG:
            yield at, length + 12
        if name == b"IEND":
            if not drawn:
                raise Unwelcome("broken")
            return
        at += length + 12


# --- GIF: GIF89a, 18 to 27 ------------------------------------------------------------------------------------------
_REPEATS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def gif_parts(file: IO[bytes]) -> Iterator[Part]:
    """Yield the header, colours and images up to the trailer; comments and programs' own blocks are left out."""
    file.seek(0)
    header = exactly(file, 13)
    yield header
    yield _colours(file, header[10])
    images = 0
    while True:
        at = file.tell()
        kind = exactly(file, 1)
        if kind == b"\x3b" and images:
            yield kind
            return
        if kind == b"\x2c":
            described = exactly(file, 9)
            yield kind + described
            yield _colours(file, described[8])
            yield exactly(file, 1)  # the first code's size
            images += 1
            keep, at = True, file.tell()
        elif kind == b"\x21":
            keep = _draws_gif(file)
        else:
            raise Unwelcome("broken")
        _skip_blocks(file)
        here = file.tell()
        if keep:
            yield at, here - at
        file.seek(here)


def _colours(file: IO[bytes], flags: int) -> bytes:
    return exactly(file, 3 << ((flags & 7) + 1)) if flags & 0x80 else b""


def _draws_gif(file: IO[bytes]) -> bool:
    label = exactly(file, 1)
    if label != b"\xff":
        return label == b"\xf9"
    length = exactly(file, 1)[0]
    name = exactly(file, length)
    file.seek(-1 - length, 1)
    return name in _REPEATS


def _skip_blocks(file: IO[bytes]) -> None:
    while length := exactly(file, 1)[0]:
        exactly(file, length)


# --- WebP: RFC 9649 -------------------------------------------------------------------------------------------------
_DRAW_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"}
_TOLD = 0b1100  # the flags of VP8X that EXIF and XMP follow


def webp_parts(file: IO[bytes]) -> Iterator[Part]:
    """Yield the chunks that draw the picture under a new head with their length."""
    kept = list(_webp_chunks(file))
    yield b"RIFF" + (4 + sum(length for _, length, _ in kept)).to_bytes(4, "little") + b"WEBP"
    for at, length, name in kept:
        if name == b"VP8X":
            file.seek(at)
            chunk = bytearray(exactly(file, length))
            chunk[8] &= ~_TOLD
            yield bytes(chunk)
        else:
            yield at, length


def _webp_chunks(file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    size = size_of(file)
    file.seek(0)
    head = exactly(file, 12)
    at, end = 12, 8 + int.from_bytes(head[4:8], "little")
    if not head.startswith(b"RIFF") or end > size:
        raise Unwelcome("broken")
    while at < end:
        file.seek(at)
        header = exactly(file, 8)
        length = 8 + int.from_bytes(header[4:], "little")
        length += length % 2
        if at + length > end or (header[:4] == b"VP8X" and length < 18):
            raise Unwelcome("broken")
        if header[:4] in _DRAW_WEBP:
            yield at, length, header[:4]
        at += length


_PARTS: dict[str, Callable[[IO[bytes]], Iterator[Part]]] = {
    "image/jpeg": jpeg_parts,
    "image/png": png_parts,
    "image/gif": gif_parts,
    "image/webp": webp_parts,
}
