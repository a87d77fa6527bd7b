"""What came out: the curves of a run and its figures, and the batch that it is given.

Imports `nnstudio.session`, `nnstudio.spec`, `nnstudio.data` and of `nnstudio.gui` what is no panel.
"""
