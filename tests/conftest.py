"""Settings of all tests, set before anything is imported."""

import os

# "auto" would measure this machine's accelerators first; its own tests let it.
os.environ.setdefault("LITEDENOISE_ACCELERATORS", "none")
