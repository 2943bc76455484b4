"""The one place where everything is caught, so that whatever goes wrong stops one thing only and tells no values."""

import functools
import traceback
from pathlib import Path

import psycopg2
from psycopg2 import errorcodes
from psycopg2.pool import PoolError

from ...core.errors import InteropError

ADDON = Path(__file__).parents[2]

CONCURRENCY = frozenset(
    {errorcodes.SERIALIZATION_FAILURE, errorcodes.DEADLOCK_DETECTED, errorcodes.LOCK_NOT_AVAILABLE}
)

#: SQLSTATE classes that speak of the server or the connection (lost, full, stopped by somebody), not of a statement
OF_THE_SERVER = ("08", "53", "57", "58")


class Defect(InteropError):
    """Something nobody foresaw: class and place are kept, text is not, since it may quote values."""

    category = "defect"


def attempt(function, *args):
    """``(result, None)`` or ``(None, error)``. What concerns the whole process or connection is raised."""
    try:
        return function(*args), None
    except MemoryError:
        raise
    except Exception as error:
        if is_of_the_server(error):
            raise
        return None, error


def is_of_the_server(error):
    """Whether trying the rest of the work on this connection makes no sense."""
    if isinstance(error, (psycopg2.InterfaceError, PoolError)):
        return True
    if not isinstance(error, psycopg2.OperationalError):
        return False
    # psycopg2 calls much "operational" that one row causes, such as an identifier too long for its index (54000)
    return error.pgcode is None or error.pgcode.startswith(OF_THE_SERVER)


def is_race(error):
    """Whether the database says that another transaction was faster."""
    return getattr(error, "pgcode", None) in CONCURRENCY


def telling_no_values(method):
    """A method whose unexpected exceptions leave as ``Defect``: callers log and store what they catch.

    Concurrency errors pass: Odoo and queue_job run the caller again for them, and their texts hold no values.
    """

    @functools.wraps(method)
    def wrapped(*args, **kwargs):
        result, error = attempt(functools.partial(method, *args, **kwargs))
        if error is None:
            return result
        if isinstance(error, InteropError) or is_race(error):
            raise error
        raise defect_of(error) from None

    return wrapped


def defect_of(error):
    """What may be told of an unexpected exception: its class, SQLSTATE and the places in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ADDON)][-1:]
    places = [
        f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}"
        for frame in ours + list(frames[-1:])
    ]
    state = getattr(error, "pgcode", None)
    words = [type(error).__name__, *([state] if state else [])]
    return Defect(" ".join(words), detail=" < ".join(dict.fromkeys(places)))
