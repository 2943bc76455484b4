"""No value of a message in a log line, whoever writes it.

Odoo logs every failing statement with its parameters, and queue_job and the HTTP layer log tracebacks whose last line
may quote a row. One filter on those loggers keeps the shape and takes the values.
"""

import logging

from ...core.redact import redact_record

LOGGERS = (
    "odoo.sql_db",
    "odoo.http",
    "odoo.addons.queue_job.controllers.main",
    "odoo.service.model",
)


def install():
    for name in LOGGERS:
        # adding a filter twice is adding it once
        logging.getLogger(name).addFilter(redact_record)


install()
