"""The gate loses nothing: no annotated document that tells an act is kept out, as text or as raw bytes."""

import json

import pytest

from config.settings import HERE
from nlp.gate import may_speak_of_tie

GOLD = sorted((HERE.parent / "tests" / "gold").glob("*/*.json"))


def test_every_document_that_tells_an_act_passes():
    lost = []
    for path in GOLD:
        document = json.loads(path.read_text("utf-8"))
        text = f"{document['title']}\n{document['text']}"
        if document["events"] and not (may_speak_of_tie(text) and may_speak_of_tie(text.encode())):
            lost.append(document["id"])
    assert lost == []


@pytest.mark.parametrize(
    "data", ["The parking fees go up in May.", b"<html><body>Road works</body></html>", "", b"\x00\xff\xfe"]
)
def test_what_has_no_word_for_a_tie_is_kept_out(data):
    assert not may_speak_of_tie(data)


@pytest.mark.parametrize("data", ["SISTER CITIES", b"<p>Twinning</p>", "partnerstadt", "co-operation agreement"])
def test_words_for_a_tie_pass_in_any_case(data):
    assert may_speak_of_tie(data)
