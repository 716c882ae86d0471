"""The component `twinwatch_ties`: words for a tie of two cities, and words that may refer back to one.

doc.spans["ties"]: one span a match, its label the lexicon entry, `span._.strength` strong, weak or other.
"""

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from config.lexicon import Entry, load_lexicon
from nlp.patterns import PatternMatcher

Span.set_extension("strength", getter=lambda span: span.label_.partition(".")[0], force=True)


@Language.factory("twinwatch_ties", assigns=["doc.spans"], requires=["token.is_sent_start"])
def make_ties(nlp: Language, name: str, lexicon: str) -> "Ties":
    """Factory. lexicon: path of lexicon.toml."""
    return Ties(load_lexicon(Path(lexicon)).tie)


class Ties:
    """Finds ties by their lexicon entries."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.matcher = PatternMatcher((entry.id, entry.patterns) for entry in entries)

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for sentence in doc.sents:
            words = [token.lower_ for token in sentence]
            for match in self.matcher(words):
                span = Span(
                    doc, sentence.start + match.words[0], sentence.start + match.words[-1] + 1, label=match.entry_id
                )
                spans.append(span)
        doc.spans["ties"] = spans
        return doc
