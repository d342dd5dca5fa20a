"""What a model file is: its sidecar, its graph, and the same network for another block size."""
