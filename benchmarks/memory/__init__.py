"""How much memory a photo takes."""
