from . import description, dispatcher, door, health
