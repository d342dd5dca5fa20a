"""What a start costs: the import, and the verdict of delegate "auto"."""
