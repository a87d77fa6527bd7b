"""An experiment printed as PyTorch code that one could have written by hand; imports the standard library only.

So far it is the network that is printed: `nnstudio.spec.code.network`. What follows it in a script (data, loss, loop)
comes behind it in the same `Code`.
"""
