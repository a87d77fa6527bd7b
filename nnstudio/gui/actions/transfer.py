"""What can be asked for about a trained network: what it takes over, what is frozen, and its layers as files."""

from __future__ import annotations

from nnstudio.gui.actions import needs
from nnstudio.gui.actions.action import Action
from nnstudio.gui.studio import Studio


def _has_layers(studio: Studio) -> bool:
    return bool(studio.state.project.model.rows)


def _has_choice(studio: Studio) -> bool:
    return studio.transfer.has_choice


def _can_save(studio: Studio) -> bool:
    return bool(studio.model_file) and not studio.run.status.is_busy and _has_choice(studio)


TRANSFER = (
    Action(
        "fine_tune", "Model", "Fine-tune…", lambda s: s.show_transfer("steps"),
        "From somebody’s weights to a network for your data, step by step.", separated=True,
    ),
    Action(
        "show_tensors", "Model", "Where the weights go", lambda s: s.show_transfer("tensors"),
        "Every tensor of the weights file against every tensor of the network.",
        enabled=lambda studio: bool(studio.state.project.model.starts),
        needs="No weights to start from were chosen.",
    ),
    Action(
        "replace_head", "Model", "Replace the head…", lambda s: s.transfer.replace_head(),
        "Let the last layer with weights give another number of outputs, and start fresh.", enabled=_has_layers,
        needs=needs.LAYERS,
    ),
    Action(
        "cut_after", "Model", "Cut after this layer", lambda s: s.studio.transfer.cut_after(),
        "Remove everything behind the chosen layer.", enabled=_has_choice,
        needs=needs.CHOICE,
    ),
    Action(
        "freeze_up_to", "Model/Freeze", "Freeze up to here", lambda s: s.studio.transfer.freeze_up_to(),
        "Lock the chosen layer and all before it; what stands behind it trains.", enabled=_has_choice,
        needs=needs.CHOICE,
    ),
    Action(
        "freeze_all_but_head", "Model/Freeze", "Freeze all but the head",
        lambda s: s.studio.transfer.freeze_all_but_head(), "Let only the last layer with weights train.",
        enabled=_has_layers,
        needs=needs.LAYERS,
    ),
    Action(
        "freeze_pattern", "Model/Freeze", "Freeze by pattern…", lambda s: s.transfer.freeze_by_pattern(),
        "Lock what a pattern such as features.* or 0.weight names.", enabled=_has_layers,
        needs=needs.LAYERS,
    ),
    Action(
        "unfreeze_all", "Model/Freeze", "Unfreeze all", lambda s: s.studio.transfer.unfreeze_all(),
        "Let every layer train.", enabled=_has_layers,
        needs=needs.LAYERS,
    ),
    Action(
        "lower_rates", "Model/Freeze", "Lower rates towards the input", lambda s: s.studio.transfer.lower_rates(),
        "Let layers learn the slower the nearer they are to the input: a tenth at the first one.", enabled=_has_layers,
        separated=True,
        needs=needs.LAYERS,
    ),
    Action(
        "same_rates", "Model/Freeze", "Same rate everywhere", lambda s: s.studio.transfer.same_rates(),
        "Let every layer learn at the learning rate itself.", enabled=_has_layers,
        needs=needs.LAYERS,
    ),
    Action(
        "save_layers", "Model", "Save chosen layers as…", lambda s: s.transfer.save_layers(),
        "Write the chosen layers with their weights to a file, for use in another network.",
        enabled=_can_save, separated=True,
        needs="Needs a trained network, a layer that is chosen, and no run under way.",
    ),
    Action(
        "insert_layers", "Model", "Insert layers from file…", lambda s: s.transfer.insert_layers(),
        "Put layers of a model file in behind the chosen one, with their weights.",
    ),
)  # fmt: skip
