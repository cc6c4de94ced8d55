"""Storms: how long a crowd that was cut off takes to come back, and whether it does at all.

What is asked (`question`), what came out (`figures`), what would bring it back (`rescue`), and how
it is told. How clients and nodes behave is `models.storms`.
"""
