"""Requests over HTTP that carry messages up, in rows."""
