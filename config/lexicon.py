"""lexicon.toml: the words that ties, acts and their stages are told in, each entry with sentences that prove it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigError
from config.files import explain, line_of, read_toml
from config.vocabulary import Action, Stage


class Entry(BaseModel):
    """One entry. Its id is what it tells and a name: "sever.verb", "urged.ask", "weak.agreement"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z]+\.[a-z-]+$")
    patterns: tuple[str, ...] = Field(min_length=1)  # the pattern language is nlp/patterns.py's
    positive: tuple[str, ...] = Field(min_length=1)  # sentences in which the entry must be found
    negative: tuple[str, ...] = ()  # sentences in which it must not

    @property
    def tells(self) -> str:
        return self.id.partition(".")[0]


class ActionEntry(Entry):
    """A trigger: words for an act on a tie."""

    weight: float = Field(1.0, ge=0, le=1)  # how surely it speaks of a tie
    stage: Stage | None = None  # where the words themselves tell it


TIE_STRENGTHS = ("strong", "weak", "other")  # strong names the tie of two cities; weak may refer back; other is none
CUES = (
    "enacted",
    "proposed",
    "urged",
    "rejected",
    "negated",
    "history",
    "unreal",
    "echo",
)  # echo: the act told before, done by another


class Lexicon(BaseModel):
    """The whole lexicon."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tie: tuple[Entry, ...]
    action: tuple[ActionEntry, ...]
    cue: tuple[Entry, ...]

    @model_validator(mode="after")
    def _ids_tell(self) -> "Lexicon":
        for entries, allowed in ((self.tie, TIE_STRENGTHS), (self.action, tuple(Action)), (self.cue, CUES)):
            for entry in entries:
                if entry.tells not in allowed:
                    raise ValueError(f"the id {entry.id} must start with one of {', '.join(allowed)}")
        return self


def load_lexicon(path: Path) -> Lexicon:
    """Read lexicon.toml. Raises ConfigError naming file, line and entry."""
    table = read_toml(path)
    try:
        lexicon = Lexicon.model_validate(table)
    except ValidationError as error:
        kind, index, *_ = (*error.errors()[0]["loc"], 0, 0)
        where = (
            f"{path}, line {line_of(path.read_text('utf-8'), str(kind), index)}"
            if isinstance(index, int)
            else str(path)
        )
        raise explain(error, Lexicon, where) from None
    seen: set[str] = set()
    for entry in (*lexicon.tie, *lexicon.action, *lexicon.cue):
        if entry.id in seen:
            raise ConfigError(f"{path}: two entries are called {entry.id}")
        seen.add(entry.id)
    return lexicon
