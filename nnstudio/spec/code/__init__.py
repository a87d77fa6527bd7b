"""An experiment printed as PyTorch code that one could have written by hand; imports the standard library only.

`network` prints what makes the network, for the window and for scripts. `batches`, `rules` and `loop` print what trains
it, and `script` puts such parts together as a file or a notebook; where its rows come from the data room prints.
"""
