"""What came out: the curves of a run, and a trained network applied to other tables.

Imports `nnstudio.session`, `nnstudio.spec` and `nnstudio.gui`, the table grid of `nnstudio.gui.data` among it.
"""
