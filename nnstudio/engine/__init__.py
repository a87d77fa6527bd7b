"""Networks as PyTorch sees them: built, trained, judged, saved, and read back.

The only room that imports torch and torchmetrics. May import ``spec`` and the types of ``data``, and takes plain NumPy
arrays.
"""
