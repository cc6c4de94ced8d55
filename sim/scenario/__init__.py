"""What a user writes: the scenario as checked values, and the way from a TOML file and back."""
