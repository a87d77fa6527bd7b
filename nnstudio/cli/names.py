"""The names of the commands: all that must be known to choose between window and terminal."""

COMMANDS = ("new", "train", "search", "evaluate", "export", "inspect", "convert", "run", "predict", "runs", "resume")
