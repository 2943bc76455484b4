from . import exception
