from . import connectors, controllers, entities, models, wizards
from .uninstall import uninstall_hook
