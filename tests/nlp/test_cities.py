"""Place mentions and what they are linked to: one sentence a line, cities in the order of the text."""

import pytest

from nlp.mention import Document


def places(reader, text, source=None):
    doc = reader.parse(Document("t", text, city=source))
    return [span._.place for span in doc.spans["cities"]]


def cities(reader, text):
    return [f"{place.name}/{place.country}" for place in places(reader, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The council of Des Moines, Iowa, wrote to Stavropol.", ["Des Moines/US", "Stavropol/RU"]),
        ("Kiev and Ekaterinburg were partners of Lviv.", ["Kyiv/UA", "Yekaterinburg/RU", "Lviv/UA"]),
        ("Moscow, Idaho, has a sister city.", ["Moscow/US"]),
        ("St. Petersburg, Florida, wrote to Stralsund.", ["St. Petersburg/US", "Stralsund/DE"]),
        ("St. Petersburg, Russia, answered Turku.", ["Saint Petersburg/RU", "Turku/FI"]),
        ("Saint-Jean-de-Braye and Osterode am Harz met.", ["Saint-Jean-de-Braye/FR", "Osterode am Harz/DE"]),
        ("Barrow-in-Furness is twinned with Akranes in Iceland.", ["Barrow in Furness/GB", "Akranes/IS"]),
        ("Sweden's Luleå and the Russian city of Murmansk parted.", ["Luleå/SE", "Murmansk/RU"]),
        ("Port of Spain wrote to Pointe-à-Pitre.", ["Port of Spain/TT", "Pointe-à-Pitre/GP"]),
        ("Councillors in Newcastle, in Bath and in Hull, all in England, met.",
         ["Newcastle upon Tyne/GB", "Bath/GB", "Kingston upon Hull/GB"]),
    ],
)  # fmt: skip
def test_cities_are_linked(reader, text, expected):
    found = cities(reader, text)
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "President Vladimir Putin spoke at length.",
        "Paris Hilton opened a shop.",
        "She was reading a nice book on her mobile phone.",
        "The Dallas Cowboys lost again.",
        "An article in the Chicago Tribune told of it.",
        "Students of Boston University protested.",
        "The Council met on Monday in March.",
    ],
)
def test_what_only_looks_like_a_city_is_left_alone(reader, text):
    assert cities(reader, text) == []


def test_the_sources_own_city_decides_between_namesakes(reader):
    text = "The Portland council met a delegation."
    assert [place.admin1 for place in places(reader, text, "Portland, Maine, US")] == ["Maine"]
    assert [place.admin1 for place in places(reader, text)] == ["Oregon"]


def test_why_a_name_was_given_up_is_kept(reader):
    doc = reader.parse(Document("t", "Mayor Lauren Poe spoke. The University of Vladimir listened."))
    assert ("Vladimir", "part of another name") in doc._.unlinked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cllr Jones told Ludlow Town Council that £300 was too much. Ludlow is twinned.", ["Ludlow/GB"] * 2),
        ("Councilman Jones told the council of Ludlow that $300 was too much.", ["Ludlow/US"]),
        ("The Perth council met. Queensland and Western Australia wrote.", ["Perth/AU"]),
        ("DUNEDIN - Cr Boyd spoke for the iwi. Dunedin stays.", ["Dunedin/NZ"] * 2),
        ("In Zwolle the council met. Only Dubrovnik, Aarhus and Ghent did not.",
         ["Zwolle/NL", "Dubrovnik/HR", "Århus/DK", "Gent/BE"]),
        ("BRISTOL CITY COUNCIL\n\nThe City of Aurora, Illinois, wrote.", ["Bristol/GB", "Aurora/US"]),
        ("Councilman Demetrius Oakes spoke. Oakes was against it in Akron.", ["Akron/US"]),
        ("On Nov. 14 the council of Akron met.", ["Akron/US"]),
    ],
)  # fmt: skip
def test_what_the_page_says_decides(reader, text, expected):
    assert cities(reader, text) == expected


def test_boroughs_and_districts_have_no_geonames_id(reader):
    (place,) = places(reader, "Songpa-gu in the capital signed a sister city agreement.")
    assert (place.name, place.country) == ("Songpa-gu", "KR")
    assert place.geonames_id is None
