"""Makes the pictures and files of the demo's pilot account, which lie in demo/channel/files and are kept there.

Run: python -m scripts.demo_files. Pictures are drawn as SVG and photographed by Chromium, PDF files set by WeasyPrint.
"""

import io
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from playwright.sync_api import sync_playwright
from weasyprint import HTML

from scripts.demo_drawings import DRAWINGS
from scripts.demo_papers import PAPERS, SHEETS, WORDS

FILES = Path(__file__).resolve().parent.parent / "demo" / "channel" / "files"
PAPER_STYLE = """
@page { size: A4; margin: 20mm 18mm }
body { font: 11pt/1.45 "Liberation Sans", sans-serif; color: #1a1d24 }
h1 { font-size: 20pt; color: #233c80; margin: 0 0 6mm } h2 { font-size: 13pt; margin: 7mm 0 2mm }
table { border-collapse: collapse; width: 100%; margin: 3mm 0 } th { text-align: left; background: #e9edf8 }
th, td { border: .3mm solid #cfcfc7; padding: 1.6mm 2.2mm; vertical-align: top }
ul.boxes { list-style: "☐  "; padding-left: 7mm } li { margin: 1.2mm 0 }
.big { font-size: 15pt; line-height: 1.4 } .note { background: #fbf0dc; padding: 3mm 4mm }
"""


def main() -> int:
    FILES.mkdir(parents=True, exist_ok=True)
    draw()
    for name, (title, body) in PAPERS.items():
        page = f'<html lang="fi"><head><title>{title}</title><style>{PAPER_STYLE}</style></head>'
        HTML(string=f"{page}<body><h1>{title}</h1>{body}</body></html>").write_pdf(FILES / name)
    for name, sheets in SHEETS.items():
        write_sheet(FILES / name, sheets)
    for name, lines in WORDS.items():
        write_document(FILES / name, lines)
    return 0


def draw() -> None:
    """Photograph each drawing at its own size and keep it with few colours."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for name, (width, height, svg) in DRAWINGS.items():
            page.set_viewport_size({"width": width, "height": height})
            drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{svg}</svg>'
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:100%}}</style>{drawing}")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(64, dither=Image.Dither.NONE).save(FILES / name, optimize=True)
        browser.close()


def write_sheet(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = Workbook()
    for number, (title, rows) in enumerate(sheets.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)  # noqa: S101  openpyxl's types leave open what is active
        sheet.title = title
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E9EDF8")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column in sheet.columns:
            widest = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(46, widest + 3)
        sheet.freeze_panes = "A2"
    book.save(path)


# --- a document of plain paragraphs and tables, as ECMA-376 has it ---------------------------------------------------
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""


def write_document(path: Path, lines: list[str | list[list[str]]]) -> None:
    """Write a DOCX: "# " begins a heading, a list of rows is a table, the rest are paragraphs."""
    body = "".join(_table(line) if isinstance(line, list) else _paragraph(line) for line in lines)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{W}"><w:body>{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body>'
        "</w:document>"
    )
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)


def _paragraph(line: str) -> str:
    heading = line.startswith("# ")
    look = '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr>' if heading else ""
    text = escape(line.removeprefix("# "))
    return f'<w:p><w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def _table(rows: list[list[str]]) -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>' for side in sides)
    columns = '<w:gridCol w:w="4500"/>' * len(rows[0])
    cells = (
        "".join(f'<w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>{_paragraph(cell)}</w:tc>' for cell in row)
        for row in rows
    )
    inside = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    head = f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
    return f"<w:tbl>{head}{inside}</w:tbl><w:p/>"


if __name__ == "__main__":
    sys.exit(main())
