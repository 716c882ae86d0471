"""The component `twinwatch_actions`: triggers and the cues around them.

doc.spans["actions"]: one span a trigger, its label the lexicon entry, `span._.action` what it does to a tie.
doc.spans["cues"]: one span a cue of stage, negation, history or unreality, its label the entry, `span._.cue` the kind.
"""

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from config.lexicon import Lexicon, load_lexicon
from config.vocabulary import Action
from nlp.patterns import PatternMatcher

Span.set_extension("action", getter=lambda span: Action(span.label_.partition(".")[0]), force=True)
Span.set_extension("cue", getter=lambda span: span.label_.partition(".")[0], force=True)


@Language.factory("twinwatch_actions", assigns=["doc.spans"], requires=["token.is_sent_start"])
def make_actions(nlp: Language, name: str, lexicon: str) -> "Actions":
    """Factory. lexicon: path of lexicon.toml."""
    return Actions(load_lexicon(Path(lexicon)))


class Actions:
    """Finds triggers and cues by their lexicon entries."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.triggers = frozenset(entry.id for entry in lexicon.action)
        self.matcher = PatternMatcher((entry.id, entry.patterns) for entry in (*lexicon.action, *lexicon.cue))

    def __call__(self, doc: Doc) -> Doc:
        triggers: list[Span] = []
        cues: list[Span] = []
        for sentence in doc.sents:
            words = [token.lower_ for token in sentence]
            for match in self.matcher(words):
                span = Span(
                    doc, sentence.start + match.words[0], sentence.start + match.words[-1] + 1, label=match.entry_id
                )
                (triggers if match.entry_id in self.triggers else cues).append(span)
        doc.spans["actions"], doc.spans["cues"] = triggers, cues
        return doc
