from . import (
    exception,
    exception_screens,
    exception_words,
    exception_told,
    exception_disagreements,
    audit_entry,
    audit_seal,
    audit,
    audit_reading,
    audit_verification,
)
