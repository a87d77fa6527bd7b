"""The jobs of a hyperparameter search: Optuna proposes values, trials train, and what came of them is written down.

Optuna lives here and not in the engine: it needs no torch, and stands between the runs that were and the one to come.
"""
