"""A trained network in the formats of other programs: ONNX, exported programs (.pt2), safetensors.

What only they need (onnx, onnxscript, onnxruntime) is imported when the first is written.
"""
