"""A bridge from MLLP, over which most HL7 v2 still travels, to this add-on's HTTP door.

Python's standard library and ``core`` only, no Odoo: it runs beside an interface engine as well as beside Odoo. It stores
nothing. What a sender gets as an acknowledgement is what Odoo answered after its commit, byte for byte; the bridge never
says AA by itself. docs/mllp.md tells how to run it.
"""
