"""Predictions held against measurements of real software: tables, twins, quantities, verdicts.

Start with `measured` (what was measured, and the format of your own tables), then `twins` (each
cell as a scenario), `quantities` (what a history says about them), `compare` (targets), `campaign`
(runs it all) and `page` (the result as a document).
"""
