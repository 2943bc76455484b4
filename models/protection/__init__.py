from . import (
    content_reading,
    register,
)
