from . import exception, exception_screens
