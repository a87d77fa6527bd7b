"""The same verbs in a terminal. May import ``jobs`` and what is below it; knows no Qt."""
