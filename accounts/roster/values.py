"""From a raw cell to a value of its field: texts, numbers, names, e-mails and dates as real exports hold them.

Each converter takes the cell and a `Notes` to complain to, and always returns a value; after an error it is unused.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.roster.rows import Severity

MAX_TEXT = 1_000
"""Longer than any name or address; more is a file glued together or a note in the wrong column."""
SHOWN = 80
SERIAL_DAY_ZERO = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1950, 2100

_BLANK_LETTERS = "\t\r\n\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE_LETTERS = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Zero-width letters and the marks that turn the writing direction."""
_CLEANED = str.maketrans(dict.fromkeys(_BLANK_LETTERS, " ") | dict.fromkeys(_INVISIBLE_LETTERS, ""))
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INSIDE = re.compile(f"[{_INVISIBLE_LETTERS}]")
_CELL_ERROR = re.compile(r"#(?:N/A|#+|[^\W\d_/0]+(?:/0)?[!?])", re.IGNORECASE)
_FORMULA = re.compile(r"[=@]|[+-](?:[^|!]*[|!]|\s*[\w.]*[^\W\d]\()")
"""What a spreadsheet program would run: after a plus or minus only a call, a reference or a program's name."""

_QUOTED_NUMBER = re.compile(r'="(\d+)"|\'(\d+)', re.ASCII)
_WHOLE = re.compile(r"(\d+)[.,]0+", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d(?:[.,]\d+)?)[eE]\+?(\d{1,2})", re.ASCII)

_MOMENT = re.compile(r"([0-9.,/-]+)(?:[T ](.*))?", re.ASCII)
_CLOCK = re.compile(r"(?:klo )?\d{1,2}[.:]\d{2}(?:[.:]\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}", re.ASCII)
_SLASHES = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", re.ASCII)

_EMAIL = re.compile(r"[a-z0-9_](?:[a-z0-9._%+'&-]*[a-z0-9_%+-])?@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.,-]{2,40}", re.ASCII)
_PARTICLES = frozenset({"von", "af", "av", "de", "di", "van", "zu", "del", "della", "vom"})
_INNER_PARTICLES = _PARTICLES | {"der", "den", "la", "las", "los", "le", "het", "'t"}
_LOWER_PARTICLES = frozenset(
    {"da", "do", "dos", "das", "du", "la", "le", "el", "al", "bin", "ben", "ibn", "ter", "ten"}
)
_YES = frozenset({"x", "kyllä", "k", "yes", "y", "1", "true", "tosi", "on"})
_NO = frozenset({"", "ei", "e", "no", "n", "0", "false", "epätosi", "-"})


@dataclass(slots=True)
class Notes:
    """What converters found wrong in one cell: (code, severity, params) in the order found."""

    found: list[tuple[str, Severity, dict[str, str]]] = field(default_factory=list)

    def error(self, code: str, **params: str) -> None:
        self.found.append((code, "error", params))

    def warning(self, code: str, **params: str) -> None:
        self.found.append((code, "warning", params))

    @property
    def failed(self) -> bool:
        """Whether there is an error among them; a value with warnings is still one."""
        return any(severity == "error" for _code, severity, _params in self.found)


def plain(raw: object) -> str:
    """The cell as text on one line: blanks of every kind folded, invisible marks gone, letters composed (NFC).

    A whole number from a workbook loses the `.0` that the format gives it, a date becomes ISO.
    """
    if raw is None:
        return ""
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    text = str(raw)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_CLEANED))
    return text.strip(" ") if text.isprintable() and "  " not in text else " ".join(text.split())


def shown(raw: object) -> str:
    """The cell for a report: at most 80 characters, nothing in it that hides or turns the writing direction."""
    text = raw if isinstance(raw, str) else plain(raw)
    visible = "".join(map(_visible, text[: SHOWN + 1]))
    return visible if len(visible) <= SHOWN else visible[: SHOWN - 1] + "…"


def _visible(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return " " if letter in "\t\r\n" else chr(0x2400 + code)
    if letter.isprintable() or unicodedata.category(letter) == "Zs":
        return letter
    return f"<U+{code:04X}>"


def checked_text(raw: object, notes: Notes) -> str:
    """`plain`, with complaints about what no value may hold."""
    if isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            notes.error("cell_too_long", length=str(len(raw)), limit=str(MAX_TEXT))
            return ""
        if not raw.isprintable():
            if _CONTROL.search(raw):
                notes.error("control_character")
                return ""
            if _INSIDE.search(raw.strip(_BLANK_LETTERS + _INVISIBLE_LETTERS + " ")):
                notes.warning("invisible_character")
    text = plain(raw)
    if text.startswith("#") and _CELL_ERROR.fullmatch(text):
        notes.error("cell_error")
    elif "\ufffd" in text:
        notes.warning("lost_character")
    return text


def free_text(raw: object, notes: Notes) -> str:
    """A name or an address: any text that a spreadsheet program would not run as a formula when it is exported."""
    text = checked_text(raw, notes)
    if text[:1] in ("=", "@", "+", "-") and _FORMULA.match(text):
        notes.error("formula")
    return text


def required_text(raw: object, notes: Notes) -> str:
    return _filled(free_text(raw, notes), notes)


def name(raw: object, notes: Notes) -> str:
    """A text that a person or a place should have; without it the number has to do."""
    text = free_text(raw, notes)
    if not text and not notes.failed:
        notes.warning("name_missing")
    return text


def _filled(text: str, notes: Notes) -> str:
    if not text and not notes.failed:
        notes.error("value_missing")
    return text


def number(raw: object, notes: Notes, *, width: int) -> str:
    """A number of the billing system: digits, its leading zeros restored to `width`; "" when the cell is empty."""
    text = checked_text(raw, notes)
    if not text or notes.failed:
        return ""
    digits = _digits(text, notes)
    if not digits:
        return ""
    if len(digits) > width:
        notes.error("number_too_long", width=str(width), digits=str(len(digits)))
    return digits.zfill(width)


def required_number(raw: object, notes: Notes, *, width: int) -> str:
    return _filled(number(raw, notes, width=width), notes)


def _digits(text: str, notes: Notes) -> str:
    compact = text.replace(" ", "")
    if compact.isascii() and compact.isdigit():
        return compact
    if whole := _WHOLE.fullmatch(compact):
        return whole.group(1)
    if quoted := _QUOTED_NUMBER.fullmatch(compact):
        return quoted.group(1) or quoted.group(2)
    if scientific := _SCIENTIFIC.fullmatch(compact):
        return _expanded(scientific.group(1).replace(",", "."), int(scientific.group(2)), notes)
    notes.error("number_not_digits")
    return ""


def _expanded(mantissa: str, exponent: int, notes: Notes) -> str:
    """`1,2E+05` → 120000. Excel may have rounded the number before, which nothing in the file tells: hence the
    warning, and an error where the expansion isn't even whole."""
    value = Decimal(mantissa).scaleb(exponent)
    if value != value.to_integral_value() or exponent > 15:
        notes.error("number_scientific_broken")
        return ""
    digits = str(int(value))
    notes.warning("number_scientific", number=digits)
    return digits


def postal_code(raw: object, notes: Notes) -> str:
    """Finnish postal codes have five digits; foreign ones stay as they are."""
    text = free_text(raw, notes)
    if whole := _WHOLE.fullmatch(text):
        text = whole.group(1)
    return text.zfill(5) if text.isascii() and text.isdigit() else text


def area_code(raw: object, notes: Notes) -> str:
    """The cell of the only area column, if it is a code: "" for a name."""
    text = free_text(raw, notes)
    return text if _is_code(text) else ""


def area_name(raw: object, notes: Notes) -> str:
    """The cell of the only area column, if it is a name: "" for a code."""
    text = free_text(raw, notes)
    return "" if _is_code(text) else text


def _is_code(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and len(text) <= 10 and " " not in text


def last_name_of(raw: object, notes: Notes) -> str:
    return split_name(name(raw, notes))[0]


def first_name_of(raw: object, notes: Notes) -> str:
    """The same cell as `last_name_of` has seen, which has complained already."""
    return split_name(free_text(raw, Notes()))[1]


def split_name(full_name: str) -> tuple[str, str]:
    """`Sukunimi Etunimi` → surname, first names. A comma parts them surely; else the first word is the surname,
    together with the particles before it (`von Hertzen Anna`)."""
    surname, comma, first = full_name.partition(",")
    if comma:
        return surname.strip(), first.strip()
    words = full_name.split(" ")
    count = 0
    while count < len(words) - 2 and _is_particle(words[count], first=count == 0):
        count += 1
    return " ".join(words[: count + 1]), " ".join(words[count + 1 :])


def _is_particle(word: str, *, first: bool) -> bool:
    return word.lower() in (_PARTICLES if first else _INNER_PARTICLES) or word in _LOWER_PARTICLES


def phone(raw: object, notes: Notes) -> str:
    """A telephone number as it is written; anything else is reported and left out."""
    text = checked_text(raw, notes)
    if text and not _PHONE.fullmatch(text):
        if not notes.failed:
            notes.warning("phone_bad")
        return ""
    return text


def email(raw: object, notes: Notes) -> str:
    """The address in small letters; one that can't be an address is reported and left out."""
    text = checked_text(raw, notes).lower().removeprefix("mailto:")
    if text and not (len(text) <= 254 and _EMAIL.fullmatch(text) and ".." not in text):
        if not notes.failed:
            notes.warning("email_bad")
        return ""
    return text


def role(raw: object, notes: Notes, *, titles: Mapping[str, str]) -> str:
    """The role that the file's word stands for in the table of titles."""
    text = _filled(free_text(raw, notes), notes)
    code = titles.get(text.lower(), "")
    if text and not code:
        notes.error("role_unknown", title=shown(text))
    return code


def title(raw: object, notes: Notes, *, titles: Mapping[str, str]) -> str:
    text = free_text(raw, notes)
    if text and text.lower() not in titles:
        notes.warning("title_unknown", title=shown(text))
    return text


def mark(raw: object, notes: Notes) -> bool:
    """A tick as people set it. What is neither yes nor no is no, with a warning: it would give access."""
    text = checked_text(raw, notes).lower()
    if text not in _YES and text not in _NO:
        notes.warning("mark_unknown")
    return text in _YES


def start(raw: object, notes: Notes) -> date | None:
    found = end(raw, notes)
    if found is None and not notes.failed:
        notes.error("value_missing")
    return found


def end(raw: object, notes: Notes) -> date | None:
    """A date in any form seen; None for an empty cell."""
    if isinstance(raw, datetime):
        return _in_range(raw.date(), notes)
    if isinstance(raw, date):
        return _in_range(raw, notes)
    text = checked_text(raw, notes).replace(". ", ".")
    if not text or notes.failed:
        return None
    moment = _MOMENT.fullmatch(text)
    if moment is None or not (moment[2] is None or _CLOCK.fullmatch(moment[2])):
        notes.error("date_unreadable")
        return None
    return _day(moment[1], notes)


def _day(text: str, notes: Notes) -> date | None:
    if found := _DAY_FIRST.fullmatch(text):
        return _calendar_day(found[3], found[2], found[1], notes)
    if found := _YEAR_FIRST.fullmatch(text):
        return _calendar_day(found[1], found[3], found[4], notes)
    if found := _COMPACT.fullmatch(text):
        return _calendar_day(found[1], found[2], found[3], notes)
    if found := _SERIAL.fullmatch(text):
        return _in_range(SERIAL_DAY_ZERO + timedelta(days=int(found[1])), notes)
    if _SHORT_YEAR.fullmatch(text):
        notes.error("date_short_year")
    elif _SLASHES.fullmatch(text):
        notes.error("date_ambiguous")
    else:
        notes.error("date_unreadable")
    return None


def _calendar_day(year: str, month: str, day: str, notes: Notes) -> date | None:
    try:
        return _in_range(date(int(year), int(month), int(day)), notes)
    except ValueError:
        notes.error("date_impossible")
        return None


def _in_range(day: date, notes: Notes) -> date | None:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    notes.error("year_out_of_range", first=str(FIRST_YEAR), last=str(LAST_YEAR))
    return None
