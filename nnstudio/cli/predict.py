"""``nnstudio predict``: apply a trained model to another table."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.answers import print_json, tell, the
from nnstudio.cli.project import add_reading_option, read_as
from nnstudio.spec.events import Predicted
from nnstudio.spec.requests import PredictTable


def add_predict_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="model file (.pth)")
    parser.add_argument("data", type=Path, metavar="DATA", help="table, array file, or folder of pictures")
    add_reading_option(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="table of predictions to write (CSV)")
    parser.set_defaults(run=predict)


def predict(options: argparse.Namespace) -> None:
    """Write predictions for ``data`` to ``--out``; what the model does not know is named on standard error."""
    out = str(options.out.absolute())
    model = str(options.model.absolute())
    result = the(Predicted, PredictTable(model, read_as(options.data, options.read), out))
    for warning in result.warnings:
        tell(warning)
    tell(f"{result.rows:,} rows were predicted; they are in “{options.out}”.")
    if options.json:
        print_json(
            {"rows": result.rows, "columns": list(result.columns), "out": out, "warnings": list(result.warnings)}
        )
