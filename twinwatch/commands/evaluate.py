"""twinwatch evaluate: how good the extraction is on annotated documents."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwatch.commands.options import TextFormat

if TYPE_CHECKING:
    from twinwatch.evaluate import Scores, Tally
    from twinwatch.gold import Act, Party


def command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="A folder of annotated documents, JSON or JSONL.")],
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="Show the errors of the first N documents.")] = 0,
    output_format: Annotated[TextFormat, typer.Option("--format", help="How to print the figures.")] = TextFormat.TABLE,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that read side by side.")] = None,
) -> None:
    """Compare what is read out of annotated documents with their annotations: precision, recall, F1."""
    from nlp.gazetteer import ready_gazetteer
    from twinwatch.evaluate import score
    from twinwatch.gold import act_of, load_gold, same_city_by
    from twinwatch.startup import open_settings
    from twinwatch.terminal import print_json, progress

    settings = open_settings({"nlp.workers": workers})
    documents = load_gold(gold)

    from nlp.reader import Reader  # slow to import, so after what can go wrong

    predictions = {}
    with progress("reading documents", len(documents)) as bar:
        for reading in Reader(settings).read_many((item.document() for item in documents), settings.nlp.workers):
            predictions[reading.document_id] = [act_of(mention) for mention in reading.mentions]
            bar.advance()
    scores = score(documents, predictions, same_city_by(ready_gazetteer(settings.gazetteer_path)))
    if output_format is TextFormat.JSON:
        print_json(_as_json(scores, errors))
    else:
        _print_figures(scores)
        _print_errors(scores, errors)


def _print_figures(scores: "Scores") -> None:
    from twinwatch.evaluate import SURE
    from twinwatch.tables import print_rows

    background, sure = scores.background, scores.precision_from(SURE)
    print(
        f"{scores.documents} documents, {scores.negatives} of them negative, {scores.flagged} negatives flagged; "
        f"background recall {background.recall:.3f} ({background.tp} of {background.tp + background.fn})\n"
        f"dates right {scores.dates.precision:.3f} of {scores.dates.tp + scores.dates.fp} events right at level stage; "
        f"precision {sure.precision:.3f} of the {sure.tp + sure.fp} with confidence {SURE} and more; "
        f"calibration error {scores.calibration_error():.3f}\n"
    )
    head = ("", "precision", "recall", "F1", "right", "spurious", "missed")
    rows = {row[0]: row for row in _rows(scores.levels)}
    levels = [
        (*rows[level], "{:.3f}-{:.3f}".format(*scores.interval(level))) for level in scores.levels if level in rows
    ]
    print_rows(("level", *head[1:], "95 % of F1"), levels, right=range(1, 8))
    print("\nat level stage, by action and by stage")
    print_rows(("action", *head[1:]), _rows(scores.by_action), right=range(1, 7))
    print()
    print_rows(("stage", *head[1:]), _rows(scores.by_stage), right=range(1, 7))
    print()
    bins = [(f"{one.start:.1f}-{one.start + 0.1:.1f}", str(one.count), f"{one.stated:.2f}", f"{one.found:.2f}")
            for one in scores.calibration()]  # fmt: skip
    print_rows(("confidence", "events", "stated", "found right"), bins, right=range(1, 4))


def _rows(tallies: "Mapping[Any, Tally]") -> list[tuple[str, ...]]:
    return [
        (str(name), f"{tally.precision:.3f}", f"{tally.recall:.3f}", f"{tally.f1:.3f}",
         str(tally.tp), str(tally.fp), str(tally.fn))
        for name, tally in tallies.items()
        if tally.tp + tally.fp + tally.fn
    ]  # fmt: skip


def _print_errors(scores: "Scores", number: int) -> None:
    for wrong in scores.errors[:number]:
        print(f"\n{wrong.document.id} ({wrong.document.published}) {wrong.document.title}")
        for label, acts in (("missed", wrong.missed), ("spurious", wrong.spurious)):
            for act in acts:
                print(f"  {label:<9}{_act_words(act)}")
                print(f"           “{act.evidence}”")
                if act.rules:
                    print(f"           rules: {', '.join(act.rules)}")


def _act_words(act: "Act") -> str:
    from twinwatch.render import date_words

    pair = f"{_party_words(act.city_a)} — {_party_words(act.city_b)}"
    return f"{pair}: {act.action} {act.stage}, {date_words(act.date, act.date_precision)}"


def _party_words(party: "Party") -> str:
    return ", ".join(part for part in ((*party.names[:1], party.admin1, party.country)) if part)


def _as_json(scores: "Scores", errors: int) -> dict[str, Any]:
    from twinwatch.evaluate import SURE

    return {
        **{
            str(level): _tally_json(tally) | {"f1_95": [round(bound, 4) for bound in scores.interval(level)]}
            for level, tally in scores.levels.items()
        },
        "by_action": {str(action): _tally_json(tally) for action, tally in scores.by_action.items()},
        "by_stage": {str(stage): _tally_json(tally) for stage, tally in scores.by_stage.items()},
        "dates_right": round(scores.dates.precision, 4),
        f"precision_from_{SURE}": round(scores.precision_from(SURE).precision, 4),
        "calibration_error": round(scores.calibration_error(), 4),
        "calibration": [
            {"from": one.start, "events": one.count, "stated": round(one.stated, 4), "found": round(one.found, 4)}
            for one in scores.calibration()
        ],
        "background_recall": round(scores.background.recall, 4),
        "negatives": scores.negatives,
        "negatives_flagged": scores.flagged,
        "documents": scores.documents,
        "errors": [
            {"id": wrong.document.id, "missed": _act_list(wrong.missed), "spurious": _act_list(wrong.spurious)}
            for wrong in scores.errors[:errors]
        ],
    }


def _tally_json(tally: "Tally") -> dict[str, Any]:
    return {
        "precision": round(tally.precision, 4), "recall": round(tally.recall, 4), "f1": round(tally.f1, 4),
        "tp": tally.tp, "fp": tally.fp, "fn": tally.fn,
    }  # fmt: skip


def _act_list(acts: "Iterable[Act]") -> list[dict[str, Any]]:
    return [{"event": _act_words(act), "evidence": act.evidence, "rules": list(act.rules)} for act in acts]
