"""The papers of the demo's pilot account: PDF files as HTML, workbooks as rows, documents as lines."""

BOXES = '<ul class="boxes">{}</ul>'


def boxes(*lines: str) -> str:
    return BOXES.format("".join(f"<li>{line}</li>" for line in lines))


def table(head: list[str], *rows: list[str]) -> str:
    top = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


PAPERS: dict[str, tuple[str, str]] = {
    "esittely-jyvasjarvi.pdf": (
        "Jyväsjärven Palvelukeskukset lyhyesti",
        "<p>Palveluasumista ja päivätoimintaa ikääntyneille viidessä Keski-Suomen kunnassa.</p>"
        + table(
            ["Kunta", "Palvelukeskuksia", "Palvelutaloja"],
            ["Jyväskylä", "4", "4"],
            ["Jämsä", "1", "6"],
            ["Laukaa", "2", "1"],
            ["Muurame", "1", "3"],
            ["Äänekoski", "2", "2"],
        )
        + "<h2>Arvot</h2><p>Koti, turva, ilo. Asukas päättää omasta päivästään, ja kaikki talossa työskentelevät"
        " tukevat sitä, myös siivooja ja kiinteistönhoitaja.</p>"
        "<h2>Vuoden rytmi</h2><p>Ohjausryhmä keväällä ja syksyllä, kehityspalaveri kesäkuussa,"
        " käyttäjätyytyväisyyskysely lokakuussa.</p>",
    ),
    "sopimus-liite-2-palvelukuvaus.pdf": (
        "Liite 2: Palvelukuvaus",
        "<p>Sopimus S-2024-079. Tämä liite kuvaa palvelun laajuuden. Hinnat ovat liitteessä 3.</p>"
        + table(
            ["Palvelu", "Laajuus", "Laatutaso"],
            ["Ylläpitosiivous", "kaikki kohteet, palvelukuvauksen taajuuksilla", "INSTA 800, 2–4"],
            ["Perussiivous", "kerran vuodessa", "sovittu otos"],
            ["Ikkunanpesu", "kahdesti vuodessa", "silmämääräinen"],
            ["Kiinteistönhoito", "viikoittainen kierto, päivystys", "vasteajat kohdassa 4"],
            ["Talvikunnossapito", "marras–maaliskuu", "kulkureitit klo 6.30"],
        )
        + "<h2>Laadun toteaminen</h2><p>Laatukäynti kuukausittain joka kohteessa. Mitattu tarkastus palvelukeskuksissa"
        " kahdesti ja palvelutaloissa kerran vuodessa.</p><h2>Poikkeama</h2><p>Palveluntuottaja kuittaa reklamaation"
        " kahdessa tunnissa ja korjaa puutteen seuraavan työpäivän loppuun mennessä.</p>",
    ),
    "norovirus-pikaohje.pdf": (
        "Norovirus: pikaohje siivouskeskuksen seinälle",
        '<div class="big"><ol><li>Kysy hoitajalta eristyshuoneet.</li><li>Soita esimiehelle.</li>'
        "<li>Eristyshuoneet viimeisenä, kärry jää käytävään.</li><li>Suojatakki, käsineet, suu-nenäsuojus.</li>"
        "<li>Kloori: pinnat 1 000 ppm, eritteet 5 000 ppm, 10 minuuttia.</li>"
        "<li>Kädet vedellä ja saippualla.</li><li>Mopit ja pyyhkeet 90 asteeseen.</li>"
        "<li>Työvaatteet pestään talossa.</li></ol>"
        '<p class="note">Käsihuuhde ei tehoa norovirukseen.</p></div>',
    ),
    "turvallisuuskierros.pdf": (
        "Turvallisuuskierros",
        "<p>Kohde: ____________________ Päivä: ____________ Kiertäjät: ____________________</p>"
        + boxes(
            "Poistumistiet vapaat ja valaistut",
            "Sammuttimet paikoillaan, tarkastus voimassa",
            "Silmähuuhde siivouskeskuksessa, päiväys voimassa",
            "Aineet lukitussa kaapissa, käyttöturvallisuustiedotteet näkyvissä",
            "Varoituskyltit kärryssä",
            "Johdot ehjät, koneet huollettu",
            "Lattiat kuivat, matot suorassa",
            "Piha ja luiskat hiekoitettu",
            "Ensiapukaappi täynnä",
        )
        + "<h2>Havainnot ja vastuuhenkilö</h2>"
        + table(["Havainto", "Kuka", "Mihin mennessä"], *[["&nbsp;", "", ""] for _ in range(6)]),
    ),
    "perehdytyskansio.pdf": (
        "Perehdytyskansio: Jyväsjärven Palvelukeskukset",
        "<h2>1. Tervetuloa</h2><p>Työpaikkasi on samalla jonkun koti. Ensimmäiset kolme päivää olet"
        " perehdyttäjän kanssa. Kysy, vaikka asia tuntuisi pieneltä.</p>"
        "<h2>2. Talo ja ihmiset</h2><p>Esimies, vastaava hoitaja,"
        " palvelukeskuksen johtaja, ohjaaja. Kirjoita nimet ja numerot tähän:</p>"
        + table(["Kuka", "Nimi", "Puhelin"], *[[who, "", ""] for who in ("Esimies", "Ohjaaja", "Vastaava hoitaja")])
        + "<h2>3. Päivän kulku</h2><p>Kuittaus, eristykset hoitajalta, puhtaasta likaiseen, kosketuspinnat,"
        " kirjaus.</p><h2>4. Värit</h2><p>Punainen wc, keltainen allas ja suihku, sininen huone, vihreä keittiö.</p>"
        "<h2>5. Kun jotain sattuu</h2><p>112, hoitaja, esimies. Läheltä piti -tilanne kirjataan aina.</p>"
        "<h2>6. Vaitiolo</h2><p>Mitä näet ja kuulet, jää taloon. Vaitiolo jatkuu työsuhteen jälkeen.</p>",
    ),
    "siivouskeskuksen-juliste.pdf": (
        "Siivouskeskuksen järjestys",
        '<div class="big">'
        + boxes(
            "Puhtaat vasemmalle, likaiset oikealle",
            "Koneet lataukseen, johdot kerälle",
            "Ämpärit tyhjinä ja ylösalaisin",
            "Kaivo huuhdeltu, ovi lukossa",
            "Seuraava tilauspäivä on kalenterissa",
        )
        + "</div>",
    ),
    "selkokielinen-muistilista.pdf": (
        "Muistilista selkokielellä",
        '<div class="big">'
        + boxes(
            "Koputa oveen. Odota.",
            "Sano: Hei, olen siivooja. Nimeni on …",
            "Pese kädet ennen ja jälkeen.",
            "Punainen pyyhe: vain wc.",
            "Asukas on lattialla: paina nappia, älä nosta.",
            "Avain hukassa: soita heti.",
            "En tiedä: kysyn.",
        )
        + "</div>",
    ),
}
SITES = [
    ("10335", "Jyväskylä palvelukeskus 1", 46),
    ("10338", "Jämsä palvelutalo 2", 24),
    ("10341", "Jyväskylä palvelutalo 3", 28),
    ("10344", "Jämsä palvelukeskus 4", 52),
    ("10347", "Laukaa palvelutalo 5", 22),
    ("10350", "Muurame palvelutalo 6", 26),
    ("10353", "Jyväskylä palvelutalo 7", 30),
    ("10356", "Jämsä palvelutalo 8", 24),
]
DAYS = ["ma ja to", "ti ja pe", "ke ja la"]
SHEETS: dict[str, dict[str, list[list[object]]]] = {
    "siivousaikataulu.xlsx": {
        "Asukashuoneet": [
            ["Kohdenro", "Kohde", "Huoneita", "Päivät", "Vuoro"],
            *[[number, name, rooms, DAYS[n % 3], "7–15"] for n, (number, name, rooms) in enumerate(SITES)],
        ],
        "Perussiivous": [
            ["Kohdenro", "Kohde", "Viikko", "Tunteja"],
            *[[number, name, 20 + n, rooms * 2] for n, (number, name, rooms) in enumerate(SITES)],
        ],
    },
    "kemikaaliluettelo.xlsx": {
        "Aineet": [
            ["Aine", "Käyttö", "Annostus, ml / 10 l", "pH", "Suojaimet", "Tiedote päivätty"],
            ["Neutraali yleispuhdistusaine", "pinnat ja lattiat", 20, 7.5, "käsineet", "3/2026"],
            ["Hapan saniteettipuhdistusaine", "suihkut, kalkki", 50, 2.0, "käsineet, suojalasit", "1/2026"],
            ["Heikosti emäksinen puhdistusaine", "ruokasali", 30, 9.0, "käsineet", "5/2026"],
            ["Kloorirae", "tartunta-aika", "1 rae / litra", 6.0, "käsineet, suojalasit, tuuletus", "9/2025"],
            ["Käsihuuhde", "kädet", "–", 7.0, "–", "2/2026"],
            ["Vahanpoistoaine", "perushoito", 500, 12.5, "käsineet, suojalasit", "4/2026"],
        ]
    },
    "hinnasto.xlsx": {
        "Lisätyöt": [
            ["Työ", "Arki 6–18", "Ilta ja lauantai", "Sunnuntai ja pyhä"],
            ["Siivous, tunti", 33.6, 42.0, 60.5],
            ["Eristys- ja tartuntasiivous, tunti", 40.0, 50.0, 70.0],
            ["Kiinteistönhoitaja, tunti", 45.0, 56.0, 77.0],
        ]
    },
    "hinnasto.2.xlsx": {
        "Lisätyöt": [
            ["Työ", "Arki 6–18", "Ilta ja lauantai", "Sunnuntai ja pyhä"],
            ["Siivous, tunti", 34.5, 43.0, 62.0],
            ["Eristys- ja tartuntasiivous, tunti", 41.0, 51.0, 72.0],
            ["Kiinteistönhoitaja, tunti", 46.0, 58.0, 79.0],
            ["Muuttosiivous, yksiö", 165.0, 195.0, None],
        ]
    },
}
WORDS: dict[str, list[str | list[list[str]]]] = {
    "avainkuittaus.docx": [
        "# Avainkuittaus",
        "Olen saanut alla mainitut avaimet ja tunnen avainten käyttöä koskevan ohjeen.",
        [["Kohde", "Avaimen numero", "Luovutettu", "Palautettu"], *[[" ", " ", " ", " "] for _ in range(6)]],
        "Ilmoitan kadonneesta avaimesta esimiehelle heti puhelimella.",
        "Paikka ja päivä: ______________________    Allekirjoitus: ______________________",
    ],
    "lisatyotilaus.docx": [
        "# Lisätyötilaus",
        [
            ["Kohde", " "],
            ["Tilaaja ja tehtävä", " "],
            ["Tilausnumero", " "],
            ["Mitä tehdään", " "],
            ["Milloin valmis", " "],
            ["Arvioidut tunnit ja hinta", " "],
            ["Kuittaus työn jälkeen", " "],
        ],
        "Työtä ei aloiteta ilman tilausnumeroa, ellei tilanne ole vaarallinen.",
    ],
}
