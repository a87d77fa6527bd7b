"""Whole networks as functions that give rows: families that are known from papers, and templates to begin with.

A row that stands for a layer of a known file carries that layer's path in the file as its name (``layer1.0.conv1``), by
which weights find it. Imports `nnstudio.spec.layers` and `nnstudio.spec.model`; nothing in ``spec`` imports this but
who asks for a whole network.
"""
