"""What the commands do, one module per job; `sim.cli` says how they are called."""
