from . import dispatcher, door, health
