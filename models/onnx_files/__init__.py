"""ONNX in and out. Not called ``onnx``, so that nobody takes it for the package of that name."""
