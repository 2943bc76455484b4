"""The functional core: everything that decides, and nothing that stores.

Pure Python: no ``odoo``, no clock, no network, no randomness. What a function needs of the world
(the time, a key, a table of codes) comes in as an argument.
"""
