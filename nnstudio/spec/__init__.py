"""What an experiment is: immutable values that read and write JSON, and nothing else.

Layers, losses, optimisers and data are declared here once; forms, validation, shapes, the builder and the manual derive
from the declarations. Imports the standard library only.
"""
