"""Video: the boxes of MP4 and MOV, the first elements of WebM."""

from collections.abc import Iterator
from typing import IO

from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.reading import exactly, size_of

_MOST_BOXES = 200_000  # a fragmented video of hours has some thousands
_STILL = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_VIDEO = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"mp4v",
    b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6",
}  # fmt: skip


def iso(file: IO[bytes]) -> Found:
    """Return the type of an MP4 or MOV whose boxes fill the file; raises Unwelcome for pictures, audio and pretence."""
    boxes = list(_boxes(file))
    brand = _brand(file, boxes[0])
    if brand in _STILL:
        raise Unwelcome("heic")
    if brand != b"qt  " and brand not in _VIDEO:
        raise Unwelcome("unknown")
    names = {name for name, _, _ in boxes}
    if b"moov" not in names or not names & {b"mdat", b"moof"}:
        raise Unwelcome("broken")
    return Found("video/quicktime" if brand == b"qt  " else "video/mp4")


def _boxes(file: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and length of each outermost box: together they are the whole file."""
    end, at = size_of(file), 0
    for _ in range(_MOST_BOXES):
        if at == end:
            return
        file.seek(at)
        header = exactly(file, 8)
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if length == 1:
            length = int.from_bytes(exactly(file, 8), "big")
        elif length == 0:  # the last box reaches to the end
            length = end - at
        if length < 8 or at + length > end:
            raise Unwelcome("broken")
        yield name, at, length
        at += length
    raise Unwelcome("broken")


def _brand(file: IO[bytes], box: tuple[bytes, int, int]) -> bytes:
    file.seek(box[1] + 8)
    return exactly(file, 4)


def webm(file: IO[bytes]) -> Found:
    """Return the type of a WebM; raises Unwelcome for Matroska in general and for what is none.

    RFC 8794: the header's elements, among them DocType (0x4282); then a Segment (0x18538067).
    """
    file.seek(4)
    length = _number(file)
    if length > 4096:
        raise Unwelcome("broken")
    header = exactly(file, length)
    if b"\x42\x82\x84webm" not in header:
        raise Unwelcome("unknown")
    if exactly(file, 4) != b"\x18\x53\x80\x67":
        raise Unwelcome("broken")
    segment, start = _number(file), file.tell()
    rest = size_of(file) - start
    unknown_length = (1 << 56) - 1
    if segment != unknown_length and segment > rest:
        raise Unwelcome("broken")
    return Found("video/webm")


def _number(file: IO[bytes]) -> int:
    """Read a number of variable length: the place of the first set bit says how many bytes it has."""
    first = exactly(file, 1)[0]
    length = 9 - first.bit_length()
    if length > 8:
        raise Unwelcome("broken")
    return int.from_bytes(bytes([first & ((1 << (8 - length)) - 1)]) + exactly(file, length - 1), "big")
