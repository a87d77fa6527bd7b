"""What can be asked for around a run: begin it, rest, end it, and what it goes by."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.gui.actions import needs
from nnstudio.gui.actions.action import Action
from nnstudio.gui.actions.searching import SEARCH
from nnstudio.gui.actions.shell import Shell
from nnstudio.gui.studio import Studio
from nnstudio.session.live import Status


def _can_pause(studio: Studio) -> bool:
    return studio.run.status in (Status.TRAINING, Status.PAUSED)


def _train_words(studio: Studio) -> str:
    """What F5 does now; how many wait is said where there are some."""
    waiting = len(studio.trainer.queue.waiting)
    return f"Add to queue{f' · {waiting}' if waiting else ''}" if studio.trainer.can_queue else "Train"


def _toggle_process(shell: Shell) -> None:
    preferences = shell.studio.preferences
    shell.studio.prefer(replace(preferences, engine="thread" if preferences.engine == "process" else "process"))


def _toggle_notify(shell: Shell) -> None:
    shell.studio.prefer(replace(shell.studio.preferences, notify=not shell.studio.preferences.notify))


def _pause_or_resume(shell: Shell) -> None:
    studio = shell.studio
    if studio.run.status is Status.PAUSED:
        studio.resume()
    else:
        studio.pause()


def _train(shell: Shell) -> None:
    shell.studio.train()
    shell.show_run()


TRAINING = (
    Action(
        "train", "Training", "Train", _train,
        "Train the network on the data; while a run goes on, put the project as it is now into a queue behind it.",
        "F5", "play-fill", lambda studio: studio.can_train or studio.trainer.can_queue, says=_train_words,
        needs=needs.TRAINABLE,
    ),
    Action(
        "train_longer", "Training", "Train longer…", lambda s: s.train_longer(),
        "Go on with the run that has ended for more epochs, from its end or from its best weights.", "Ctrl+F5",
        "fast-forward",
        enabled=lambda studio: studio.can_train_now and studio.trainer.has_ending,
        needs="Needs a run that has ended, and none under way.",
    ),
    Action(
        "pause", "Training", "Pause", _pause_or_resume, "Rest at the next batch, or go on.",
        "F6", "pause-fill", _can_pause,
        says=lambda studio: "Resume" if studio.run.status is Status.PAUSED else "Pause",
        needs=needs.NO_RUN,
    ),
    Action(
        "stop", "Training", "Stop and keep", lambda s: s.studio.stop(),
        "End what is trained, with all that was to be repeated, and keep what was learned; the queue follows.",
        "Shift+F5", "stop-fill", lambda studio: studio.can_stop,
        needs="Nothing is trained now.",
    ),
    Action(
        "use_rates", "Training", "Use rate and decay now", lambda s: s.studio.trainer.use_rates(),
        "Let the run go on with the learning rate and weight decay of the fields.", "F9",
        enabled=lambda studio: studio.trainer.rates_to_use is not None,
        needs="Needs a run that goes by another learning rate or weight decay than the fields say.",
    ),
    Action(
        "fit_batch", "Training", "Fit one batch", lambda s: s.fit_batch(),
        "Learn a single batch by heart, then all training rows: what cannot do that will not learn more.", "F7",
        "target", lambda studio: studio.can_train, separated=True,
        needs=needs.TRAINABLE,
    ),
    Action(
        "try_rates", "Training", "Learning-rate range test", lambda s: s.try_rates(),
        "Try growing learning rates for a moment, and see from which on the loss falls, and bursts.", "F8",
        enabled=lambda studio: studio.can_train,
        needs=needs.TRAINABLE,
    ),
    *SEARCH,
    Action(
        "notify", "Training", "Notify when a run ends", _toggle_notify,
        "Tell the desktop that a run has ended, while another window is in front.",
        checked=lambda s: s.studio.preferences.notify, separated=True,
    ),
    Action(
        "own_process", "Training", "Train in a process of its own", _toggle_process,
        "Keeps the window alive whatever happens there. Counts from the next start on.",
        checked=lambda s: s.studio.preferences.engine == "process",
    ),
)  # fmt: skip
