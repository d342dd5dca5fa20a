"""How much halo exact results need."""
