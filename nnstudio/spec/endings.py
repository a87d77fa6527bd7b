"""What files are called by what they hold: for file dialogs, for drag and drop, and for shells that complete names."""

from __future__ import annotations

DATA_FILES = {
    "Text tables": "*.csv *.tsv *.tab *.txt *.dat *.data *.csv.gz *.tsv.gz *.txt.gz *.gz *.bz2 *.xz *.zst *.zip",
    "Excel workbooks": "*.xlsx *.xlsm",
    "Parquet, Feather and Arrow": "*.parquet *.pq *.feather *.arrow *.ipc",
    "JSON": "*.json *.jsonl *.ndjson",
    "Arrays": "*.npy *.npz *.pt",
    "SQLite databases": "*.sqlite *.sqlite3 *.db",
}
"""The files that data may lie in, by kind; what one really holds is found out when it is opened."""

INDEX = ".index.json"
"""What an index of weights in several files ends with."""

MODEL_SUFFIXES = (".pth", ".pt", ".pt2", ".bin", ".ckpt", ".safetensors", ".pth.tar", ".jit", INDEX)
"""The files that weights may lie in."""
