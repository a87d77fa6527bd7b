"""Projects as JSON files, and how any file is written so that a crash leaves the old one."""

from nnstudio.spec.files.atomic import need_place, replacing, spare_needed, write_atomically
from nnstudio.spec.files.clipboard import LAYERS_FORMAT, rows_from_json, rows_to_json
from nnstudio.spec.files.letters import SURROGATES, as_text
from nnstudio.spec.files.needed import Needed, needed_by
from nnstudio.spec.files.project import (
    LARGEST_PROJECT,
    SUFFIX,
    load_project,
    model_in,
    project_from_json,
    project_in,
    project_to_json,
    save_project,
)
from nnstudio.spec.files.there import is_there, nearest_there

__all__ = [
    "LARGEST_PROJECT",
    "LAYERS_FORMAT",
    "SUFFIX",
    "SURROGATES",
    "Needed",
    "as_text",
    "is_there",
    "load_project",
    "model_in",
    "nearest_there",
    "need_place",
    "needed_by",
    "project_from_json",
    "project_in",
    "project_to_json",
    "replacing",
    "rows_from_json",
    "rows_to_json",
    "save_project",
    "spare_needed",
    "write_atomically",
]
