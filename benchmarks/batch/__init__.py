"""Many photos: throughput beside the bare SDK, and what is left after kills."""
