"""Products as an article found them in their web clients in mid-2021: one table each.

What the article leaves open is an assumption, and says so. One more product is one more file here.
"""
