"""The claims, a file each; see `sim.claims.spec` for their keys."""
