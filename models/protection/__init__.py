from . import (
    content_reading,
)
