"""The network drawn from its input to its output, to be looked at and exported.

What is where says `nnstudio.spec.diagram`; `drawing` paints it on anything; `canvas` shows it. Imports
`nnstudio.session`, `nnstudio.spec` and `nnstudio.gui`.
"""
