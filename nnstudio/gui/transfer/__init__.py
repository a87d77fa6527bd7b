"""What a network takes over from another one: where each tensor goes, and the way to a fine-tuned network.

`view.TransferView` is what the window uses. May import ``spec``, ``session`` and the shared parts of ``gui``.
"""
