"""The network drawn from its input to its output, to be looked at and exported.

`picture` and `layout` say what is where and know no Qt; `drawing` paints it on anything; `canvas` shows it.
Imports `nnstudio.session`, `nnstudio.spec` and `nnstudio.gui`.
"""
