"""Make the tables of a study: numbers, intervals and verdicts of what has trained."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import collect, controls, experiment, selection, verification
from recall_horizon.analysis import tables as derived
from recall_horizon.analysis.claims import judge
from recall_horizon.analysis.summary import summarise
from recall_horizon.config import finished, jobs, outputs
from recall_horizon.config.study import Study
from recall_horizon.storage import layout, tables
from recall_horizon.storage.files import write_rows

Tables = Mapping[str, pd.DataFrame]


def main(*, study: Study, results: Path, reference: Path) -> None:
    """Write all tables of a study but those of its datasets and models, which are there.

    Args:
        study: the configuration.
        results: the folder of its results.
        reference: the folder of the kept study that it is verified against.
    """
    made = {name: tables.read(results / layout.table(name)) for name in layout.DESCRIBED}
    made |= _written(results, _selection(study, results))
    losses = results / layout.table("losses")
    runs = collect.TrainingJobs(results / layout.RUNS, jobs.listed(study))
    header, *rows = collect.losses(runs)
    write_rows(losses, header, rows)
    made["losses"] = tables.read(losses)
    about = jobs.statistics(study)
    of = (made[name] for name in ("losses", "datasets"))
    made |= _written(results, derived.of_losses(*of, made.get("selection"), **about))
    solved, searched = study.analysis.solved_score, (made.get("selection"), made["models"])
    of_rates = derived.of_selection(*searched, solved, about["confidence"])
    made |= _written(results, of_rates)
    probes = [tables.read(results / layout.probe(model)) for model in sorted(study.models)]
    made |= _written(results, derived.of_probes(pd.concat(probes), made, solved))
    scores = [tables.read(results / layout.transfer(model)) for model in sorted(study.models)]
    lengths = {model: study.lengths_of(model) for model in study.models}
    statistics = (about["thresholds"], about["confidence"])
    made |= _written(results, derived.of_transfers(pd.concat(scores), lengths, *statistics))
    made |= _written(results, derived.of_sizes(made, study.families))
    judged = judge(study.claims, made, about["confidence"], about["on_all"])
    made |= _written(results, {"claims": judged})
    made |= _written(results, {"controls": _controls(study, results, made)})
    made |= _written(results, {"verification": _verification(study, made, reference)})
    logging.info("%d tables in %s", len(made), losses.parent)


def _written(results: Path, made: Tables) -> Tables:
    """`made` as it reads back from the files that it is written to."""
    for name, table in made.items():
        tables.write(results / layout.table(name), table)
    return {name: tables.read(results / layout.table(name)) for name in made}


def _selection(study: Study, results: Path) -> Tables:
    """What the search for training settings found, if the study selects."""
    if not study.selection:
        return {}
    found = {}
    for model in sorted(study.models):
        for place, lengths in sorted(study.places_of(model).items(), key=lambda item: item[1]):
            folder = results / layout.search(model, place)
            found[model, max(lengths)] = selection.losses_of(folder, study.candidates)
    steps = {model: jobs.candidate_steps(study, model) for model in study.models}
    analysis = study.analysis
    table = selection.selection_table(
        jobs.candidates(study), found, steps, analysis.confidence, analysis.solved_score
    )
    return {"selection": table}


def _controls(study: Study, results: Path, made: Tables) -> pd.DataFrame:
    """What a correct pipeline must measure, and what was measured."""
    confidence, small = study.analysis.confidence, study.on_shuffled_targets()
    files = outputs.runs(small, layout.LOSSES)
    losses = [tables.read(results / layout.of_controls(file)) for file in files]
    shuffled = summarise(pd.concat(losses), confidence, solved_score=1.0) if losses else None
    summary, models, datasets = (made[name] for name in ("summary", "models", "datasets"))
    checked = controls.check(summary, models, datasets, shuffled)
    checked += controls.check_means(made["losses"], models, datasets, confidence)
    short = [control for control in checked if control.verdict == "not reached"]
    if short:
        text = controls.as_text(short)
        logging.warning("not reached, perhaps because training was short:\n%s", text)
    logging.info("%d controls checked:\n%s", len(checked), controls.as_text(checked))
    return pd.DataFrame(checked)


def _verification(study: Study, made: Tables, reference: Path) -> pd.DataFrame:
    """The study against the reference: model by model, length by length."""
    kept = experiment.recorded(finished.read(reference)[0])
    chosen = tables.read(reference / "selection.csv.gz") if kept.get("selection") else None
    rows = verification.compare(
        _trained(jobs.experiment(study), made["losses"], made.get("selection")),
        _trained(kept, tables.read(reference / "losses.csv.gz"), chosen),
        int(made["datasets"]["test"].min()),
    )
    return pd.DataFrame(rows).assign(reference=kept["study"])


def _trained(
    made: Mapping[str, object], losses: pd.DataFrame, chosen: pd.DataFrame | None
) -> experiment.Trained:
    """What a study trained, with the settings that its selection chose, if it has one."""
    settings = (
        {} if chosen is None else selection.chosen_settings(chosen, made["selection"]["grid"])
    )
    return experiment.Trained(losses, made, settings)
