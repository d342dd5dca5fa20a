"""How good the pictures are: ours and other methods, on real and synthetic pairs."""
