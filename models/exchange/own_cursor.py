"""Statements that must not live in the caller's transaction.

Waking a lane, recording a try and opening an exception have to see what others committed a moment ago and must
stand whatever becomes of the caller. Odoo's cursors are REPEATABLE READ: one of one's own would still see a
snapshot and fail on concurrent updates. So these statements run on an autocommit connection (DESIGN.md section 5).
"""

import contextlib
import logging

import psycopg2

from odoo.modules import module
from odoo.sql_db import db_connect

_logger = logging.getLogger(__name__)


@contextlib.contextmanager
def autocommit(env):
    """Yield a cursor on which every statement commits by itself.

    Inside a test the test's own cursor is used: nothing of a test is ever committed, so nobody else could see it.
    """
    if module.current_test:
        yield env.cr
        return
    cr = db_connect(env.cr.dbname).cursor()
    try:
        cr._cnx.autocommit = True
        yield cr
    finally:
        if not cr.closed:
            cr._cnx.autocommit = False
        cr.close()


def after_commit(env, statements, *, unless=None):
    """Call ``statements(cr)`` on an autocommit cursor once ``env``'s transaction has committed.

    ``unless(cr)`` is asked before, on the connection at hand: its next snapshot sees all that is committed by now. Where
    it says yes nothing is to be done, and no other connection is taken.

    Trouble stays here: the caller has committed, and must not be told that it failed. The watchdog makes up for it.
    """

    @env.cr.postcommit.add
    def run():
        try:
            if unless and unless(env.cr):
                return
            with autocommit(env) as cr:
                statements(cr)
        except psycopg2.Error as error:
            _logger.warning("Not done after commit (%s); the watchdog will.", error.pgcode)


@contextlib.contextmanager
def later(env):
    """Yield ``env`` on another connection, whose snapshot is later than the caller's.

    Inside a test None: nothing of a test is ever committed, so nobody can have come in between.
    """
    if module.current_test:
        yield None
        return
    with env.registry.cursor() as cr:
        try:
            yield env(cr=cr)
        finally:
            cr.rollback()


@contextlib.contextmanager
def throwaway(env):
    """Yield an environment on a cursor of its own that is rolled back whatever happens: dry runs and previews.

    Inside a test it is a savepoint of the test's cursor, rolled back likewise.
    """
    if module.current_test:
        savepoint = env.cr.savepoint(flush=True)
        try:
            yield env
        finally:
            env.cr.postcommit.clear()
            savepoint.rollback()
            savepoint.close(rollback=True)
            env.invalidate_all(flush=False)
        return
    with env.registry.cursor() as cr:
        try:
            yield env(cr=cr)
        finally:
            cr.rollback()
