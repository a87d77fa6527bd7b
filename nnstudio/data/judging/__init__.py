"""Rows whose answers are known, as a trained model takes them, and what it says to them as files."""
