from . import exception, exception_screens, exception_words, exception_disagreements
