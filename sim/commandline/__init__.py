"""What can be typed: commands and their options, by kind; `sim.cli` says how they end."""
