from . import (
    content_reading,
    register,
    kept,
    person,
    erasure,
    erasure_doing,
    erasure_holds,
)
