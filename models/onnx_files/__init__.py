"""ONNX in and out. Not called ``onnx``, so that it is not mistaken for the package of that name."""
