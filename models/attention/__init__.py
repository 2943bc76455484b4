from . import exception, exception_screens, exception_words, exception_told, exception_disagreements
