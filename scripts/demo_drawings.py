"""The drawings of the demo's pilot account: name, size in pixels, and the inside of an SVG."""

INK, QUIET, LINE = "#1a1d24", "#616877", "#4d5463"
ZONES = ["#cfe0f5", "#f6dfb2", "#cfe8d6", "#e6d3ee"]
FONT = 'font-family="Liberation Sans, Arial, sans-serif"'


def words(
    x: float, y: float, text: str, size: int = 15, colour: str = INK, weight: int = 400, to: str = "middle"
) -> str:
    look = f'{FONT} font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{to}"'
    return f'<text x="{x}" y="{y}" {look}>{text}</text>'


def box(x: float, y: float, w: float, h: float, fill: str, stroke: str = LINE, width: float = 2) -> str:
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'


def room(x: float, y: float, w: float, h: float, zone: int, name: str) -> str:
    return box(x, y, w, h, ZONES[zone - 1]) + words(x + w / 2, y + h / 2 + 5, name)


def mark(x: float, y: float, letter: str, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="14" fill="{colour}"/>' + words(x, y + 6, letter, 16, "#fff", 700)


def legend(y: float, names: list[str]) -> str:
    parts = []
    for number, name in enumerate(names):
        x = 40 + number * 225
        parts.append(box(x, y, 26, 20, ZONES[number], LINE, 1) + words(x + 36, y + 16, name, 15, to="start"))
    marks = [("S", "siivouskeskus", "#2f4fa3"), ("J", "jätepiste", "#1c7048"), ("K", "kokoontumispaikka", "#b3261e")]
    for number, (letter, name, colour) in enumerate(marks):
        x = 54 + number * 225
        parts.append(mark(x, y + 46, letter, colour) + words(x + 24, y + 52, name, 15, to="start"))
    return "".join(parts)


def paper(width: int, height: int) -> str:
    return f'<rect width="{width}" height="{height}" fill="#fff"/>'


def first_plan() -> str:
    rooms = [room(40 + n * 70, 70, 70, 110, 1, f"{101 + n}") for n in range(6)]
    rooms += [room(40 + n * 70, 240, 70, 110, 1, f"{107 + n}") for n in range(6)]
    rooms += [room(40, 180, 420, 60, 1, "käytävä")]
    rooms += [room(460, 70, 190, 170, 2, "ruokasali"), room(650, 70, 110, 170, 2, "jakelukeittiö")]
    rooms += [room(460, 240, 150, 110, 2, "aula"), room(610, 240, 150, 110, 3, "saunaosasto")]
    rooms += [room(40, 350, 210, 70, 3, "pesula"), room(250, 350, 210, 70, 3, "varastot")]
    head = words(40, 42, "Jyväskylä palvelukeskus 1, 1. kerros", 20, weight=700, to="start")
    door = box(505, 344, 60, 12, "#fff", "#fff") + words(535, 376, "pääovi", 13, QUIET)
    marks = mark(232, 386, "S", "#2f4fa3") + mark(740, 394, "J", "#1c7048") + mark(660, 410, "K", "#b3261e")
    zones = ["alue 1: aamuvuoro A", "alue 2: aamuvuoro B", "alue 3: iltavuoro"]
    return paper(800, 540) + head + "".join(rooms) + door + marks + legend(448, zones)


def second_plan() -> str:
    rooms = [room(40, 70 + n * 58, 120, 58, 1, f"{201 + n}") for n in range(6)]
    rooms += [room(220, 70 + n * 58, 120, 58, 1, f"{207 + n}") for n in range(6)]
    rooms += [box(160, 70, 60, 348, ZONES[0]) + words(190, 250, "↕", 24)]
    rooms += [room(340, 70, 200, 174, 2, "juhlasali"), room(540, 70, 220, 174, 2, "päivätoiminta")]
    rooms += [room(340, 244, 200, 174, 2, "aula ja kahvio"), room(540, 244, 220, 90, 2, "henkilökunta")]
    rooms += [room(540, 334, 220, 84, 2, "varasto")]
    head = words(40, 42, "Jyväskylä palvelukeskus 12, 1. kerros", 20, weight=700, to="start")
    marks = mark(735, 376, "S", "#2f4fa3") + mark(440, 440, "K", "#b3261e") + mark(780, 300, "J", "#1c7048")
    return paper(800, 560) + head + "".join(rooms) + marks + legend(470, ["alue 1: työpari", "alue 2: aamuvuoro"])


CLOTHS = [
    ("#c62828", "Punainen", "wc-istuin ja", "sen lähialue"),
    ("#f2b705", "Keltainen", "allas, suihku", "ja peili"),
    ("#2563c9", "Sininen", "huone, käytävä", "ja toimisto"),
    ("#2e8b57", "Vihreä", "jakelukeittiö", "ja ruokasali"),
]


def cloths() -> str:
    parts = [paper(800, 380), words(40, 46, "Pyyhkeiden värit", 24, weight=700, to="start")]
    for number, (colour, name, first, second) in enumerate(CLOTHS):
        x = 40 + number * 185
        fold = f'<path d="M{x} 80 h165 v120 q-41 18 -82 0 t-83 0 z" fill="{colour}"/>'
        crease = f'<path d="M{x + 55} 80 v118 M{x + 110} 80 v124" stroke="#fff" stroke-opacity=".45" stroke-width="3"/>'
        parts += [fold, crease, words(x + 82, 248, name, 20, weight=700)]
        parts += [words(x + 82, 278, first, 17), words(x + 82, 300, second, 17)]
    parts.append(words(40, 352, "Väri loppu? Kertakäyttöpyyhe, ei väärä väri.", 17, QUIET, to="start"))
    return "".join(parts)


def tree(x: float, y: float, size: float) -> str:
    leaves = f'<ellipse cx="{x}" cy="{y - size}" rx="{size * 0.55}" ry="{size * 0.8}"'
    shade = f'<ellipse cx="{x + size * 0.15}" cy="{y - size * 0.9}" rx="{size * 0.38}" ry="{size * 0.6}"'
    return (
        f'<rect x="{x - 5}" y="{y - size * 0.5}" width="10" height="{size * 0.5}" fill="#6d5138"/>'
        f'{leaves} fill="#4f8a54"/>{shade} fill="#3f7446"/>'
    )


def windows(x: float, y: float, columns: int, rows: int) -> str:
    panes = []
    for row in range(rows):
        for column in range(columns):
            left, top = x + column * 62, y + row * 74
            panes.append(
                f'<rect x="{left}" y="{top}" width="38" height="46" fill="#dbe9f2" stroke="#fff" stroke-width="4"/>'
                f'<path d="M{left + 4} {top + 40} l30 -34" stroke="#fff" stroke-width="4" stroke-opacity=".7"/>'
            )
    return "".join(panes)


def yard() -> str:
    sky = '<rect width="900" height="420" fill="#cfe3f1"/><circle cx="770" cy="80" r="38" fill="#fbe7a8"/>'
    hill = '<path d="M0 300 Q200 220 420 280 T900 250 V420 H0 z" fill="#a9c6a2"/>'
    house = (
        '<path d="M150 330 V120 h470 v210 z" fill="#e9d9bd"/><path d="M130 124 h510 l-30 -34 H160 z" fill="#7d4a3c"/>'
    )
    wing = (
        '<path d="M620 330 V190 h170 v140 z" fill="#dcc7a2"/><path d="M612 194 h196 l-24 -28 H636 z" fill="#6f4136"/>'
    )
    door = (
        '<rect x="352" y="248" width="66" height="82" fill="#6a4a3a"/>'
        '<rect x="340" y="232" width="90" height="14" fill="#5b3d30"/>'
    )
    glass = (
        '<rect x="360" y="258" width="22" height="60" fill="#cfe3ee"/>'
        '<rect x="388" y="258" width="22" height="60" fill="#cfe3ee"/>'
    )
    grass = '<rect y="328" width="900" height="92" fill="#8fb984"/>'
    path = '<path d="M372 330 h28 l120 90 H250 z" fill="#d8cdb9"/>'
    bench = (
        '<path d="M640 366 h90 v8 h-90 z M650 374 v18 M720 374 v18 M640 350 h90 v8 h-90 z"'
        ' fill="#7a5a3d" stroke="#7a5a3d" stroke-width="6"/>'
    )
    sign = '<rect x="196" y="350" width="120" height="40" rx="4" fill="#2f4fa3"/>' + words(
        256, 375, "Palvelukeskus", 14, "#fff"
    )
    trees = tree(80, 350, 90) + tree(840, 345, 110) + tree(520, 372, 56)
    return (
        sky
        + hill
        + house
        + wing
        + windows(176, 144, 7, 1)
        + windows(176, 218, 2, 1)
        + windows(486, 218, 2, 1)
        + (windows(640, 214, 2, 1) + door + glass + grass + path + bench + sign + trees)
    )


DRAWINGS: dict[str, tuple[int, int, str]] = {
    "pohjakartta-jyvaskyla-1.png": (800, 540, first_plan()),
    "pohjakartta-jyvaskyla-12.png": (800, 560, second_plan()),
    "varikaavio.png": (800, 380, cloths()),
    "palvelukeskus.png": (900, 420, yard()),
}
