"""Plots that several panels show, and what all plots have in common.

Imports pyqtgraph, `nnstudio.session`, `nnstudio.spec` and of `nnstudio.gui` what is no panel.
"""
