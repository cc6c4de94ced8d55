"""The shipped scenarios, one TOML file and one question each."""
