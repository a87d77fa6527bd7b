"""nnstudio: a desktop workbench to build, train, understand, reuse and ship neural networks."""

__version__ = "0.1.0"
