"""The register names a partner known by country only where it knows exactly one."""

import pytest

from config.errors import ConfigError
from config.settings import load_settings
from nlp.register import load_register

HEAD = "city_a,admin1_a,country_a,city_b,country_b,since\n"
GAZETTEER = load_settings().gazetteer_path


def test_one_partner_in_a_country_is_known_and_two_are_not(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text(
        HEAD
        + "Dallas,Texas,US,Saratov,RU,2003\n"
        + "Berkeley,California,US,Dmitrov,RU,1991\nBerkeley,California,US,Ulan-Ude,RU,1992\n"
    )
    register = load_register(file, GAZETTEER)
    names = {
        city: partner.name if partner else None
        for (city, country), partner in register.partners.items()
        if country == "RU"
    }
    assert sorted(names.values(), key=str) == [None, "Saratov"]
    assert len(register.pairs) == 3


def test_a_missing_column_is_named(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text("city_a,city_b\nDallas,Saratov\n")
    with pytest.raises(ConfigError, match="column admin1_a is missing"):
        load_register(file, GAZETTEER)
