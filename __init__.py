from . import controllers, entities, models, wizards
