"""For those who develop models or look into a machine; denoising needs none of it.

``lint`` judges a model file, ``npu`` compiles and emulates it for neural processors, and ``doctor``
tries every processor of this machine.
"""
