"""The engine: pure functions from needs and offerings to ranked, explained bundles.

It exports nothing here: whoever resolves a text should not have to import the ranking.
"""
