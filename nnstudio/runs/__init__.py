"""What was trained, when, and how well: a SQLite database and a folder of weights for each run.

May import ``data`` and ``spec``; knows neither Qt nor torch.
"""
