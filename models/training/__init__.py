"""Training of LiteDenoiseNet on clean photographs seen through a synthetic camera."""
