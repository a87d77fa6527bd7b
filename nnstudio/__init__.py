"""nnstudio: a desktop workbench to build, train, understand, reuse and ship neural networks."""

import os

__version__ = "0.1.0"

# numpy, which reads this once, would ask for huge pages: those have to be made of memory that nobody used before, which
# a virtual machine may take ten times as long to hand out as the ordinary pages that a parser has just given back.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
