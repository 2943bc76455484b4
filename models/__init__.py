from . import exchange, meaning, care, host, attention, protection
