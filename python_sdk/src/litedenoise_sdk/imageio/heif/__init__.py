"""HEIC and AVIF: two codecs in one container (ISO 23008-12), whose further pictures are kept."""
