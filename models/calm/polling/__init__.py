"""Long polls of calm people, in rows."""
