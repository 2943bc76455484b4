from . import location, encounter, charge, order, encounter_screens
