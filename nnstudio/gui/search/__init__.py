"""The view that searches hyperparameters."""
