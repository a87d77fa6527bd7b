"""Editing an experiment, without a window: document with undo, pure edits, checks, the live run, notices, preferences.

May import ``spec`` and ``data``; knows neither Qt nor torch.
"""
