"""Tests of the bridge without Odoo: a fake one stands behind it."""

import logging

# what it warns of is provoked here on purpose
logging.getLogger("mllp").addHandler(logging.NullHandler())
