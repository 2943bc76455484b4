"""Tests of the core: no database, no Odoo, under a second."""
