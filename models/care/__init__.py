from . import location, encounter, charge, order
