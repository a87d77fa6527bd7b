"""The data panel and the table view: what was opened, what each column is for, and who gets to see which rows.

Imports `nnstudio.session`, `nnstudio.spec`, `nnstudio.gui` and of `nnstudio.data` only what does without pandas.
"""
