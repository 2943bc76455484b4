from . import inbox, bare
