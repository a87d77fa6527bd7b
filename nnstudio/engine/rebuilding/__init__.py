"""From a weights file to a network of our layers.

`rebuild` of the module of that name is what others call: a file and, where it is known, the shape of an example; it
gives a `Rebuilt`, whose rows carry the module paths of the file as names, so that `load_weights` finds their tensors.
Nothing in the file runs: names, shapes, and the plain fields of whole modules are all that is looked at.
"""
