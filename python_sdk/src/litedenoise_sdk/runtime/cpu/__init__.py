"""The network on the CPU: photo rows flow through its stages, and nothing is computed twice but the
small overlap of tiles.

``schedule`` decides what is computed when (whole numbers alone), ``cost`` counts what that takes,
``plan`` chooses the tiles, ``rings`` hold rows between stages, and ``stream`` runs it all.
"""
