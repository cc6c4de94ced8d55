"""Where a difference between two designs comes from: shares of what they differ in.

The difference is taken for a game. Its players are the aspects in which the designs differ, a
coalition is a set of aspects taken from the second design, its value is the figure of the design so
mixed, under the same luck as all others (common random numbers). An aspect's share is its Shapley
value: what it changes when it is swapped, averaged over all orders of swapping. Shares add up to
the difference, aspects that do the same have equal shares, and one without effect has none (Shapley
1953; the only rule of which that and additivity hold).
"""
