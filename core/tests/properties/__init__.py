"""What must hold for every entity, whatever is in it: thousands of made-up ones, found and made small by hypothesis.

They take minutes, so they are a stage of their own beside the tests of a second in ``core/tests``: a file that ends in
``round_trip`` is a law, and each has its own process.
"""
