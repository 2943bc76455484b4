"""Tests of the developer tools themselves: plain unittest, no Odoo."""
