"""The training step recorded once and replayed: the same ATen operations on the same memory, and nothing around them.

On a small network most of a step is not arithmetic: PyTorch finds its way through modules, builds a graph, walks it
back and asks for memory. `Recorder` watches one real step go by, `Replay` repeats what it saw, `fused_update` is the
optimiser's one call, and `RecordedStep` decides: it starts eager, records a length of batch when it comes again, proves
the recording bit for bit on the next such batch, and stays eager, with the reason in words, where that fails.

May import what `engine` may; the rest of the engine imports `RecordedStep` alone.
"""
