"""Cases on this machine: ours, other engines on the same weights, and what people use today."""
