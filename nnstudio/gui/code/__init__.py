"""The network as PyTorch code beside the stack.

Imports `nnstudio.session`, `nnstudio.spec` and `nnstudio.gui`.
"""
