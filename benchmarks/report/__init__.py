"""Reports made from a run's JSON alone: tables, a page with plots, and two runs compared."""
