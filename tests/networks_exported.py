"""Model files of networks that nobody trained: what is exported has to agree with PyTorch whatever the weights are."""

from __future__ import annotations

from pathlib import Path

from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import save_model
from nnstudio.jobs.given import encoded_for
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project


def untrained(project: Project, out: Path) -> Path:
    """Write the network of ``project`` with fresh weights as training would write it."""
    encoded = encoded_for(project)
    save_model(
        out,
        build(project.model, encoded.facts.input_shape, project.training.seed).state_dict(),
        project_json=project_to_json(project),
        encoding_json=encoded.encoding.to_json(),
        metrics={"loss": 1.5},
        fingerprint=encoded.fingerprint,
    )
    return out
