"""How good a network's answers are: torchmetrics over rows whose answers are known, with intervals and curves."""
