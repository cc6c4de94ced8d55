"""What the commands do, one module per job; `sim.commandline` says how they are called."""
