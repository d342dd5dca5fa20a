"""Content credentials (C2PA), which no changed picture can keep."""

C2PA_NOTE = (
    "the content credentials (C2PA) were left out: they are signed for the picture as it was"
)
BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""How the uuid box begins that holds them in HEIC and AVIF files."""
