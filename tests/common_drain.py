"""Draining without a job runner, and what a transaction does after its commit without one."""

import contextlib
from unittest.mock import patch

from odoo import SUPERUSER_ID

from ..models.exchange.run import Drain


class DrainMixin:
    """For tests that have a route (``self.route``)."""

    def job_route(self, route=None):
        """The route as a job has it."""
        return self.env(user=SUPERUSER_ID, su=True, context={})["interop.route"].browse(
            (route or self.route).id
        )

    def drain(self, route=None, lane=0):
        """One job, and what it does after its commit."""
        result = self.job_route(route)._drain(lane)
        self.after_commit()
        return result

    def drain_all(self, most=50):
        """Drain whatever is due until nothing is."""
        results = []
        while lanes := self.due_lanes():
            self.assertLess(len(results), most, "something stays due for ever")
            results += [
                self.drain(self.env["interop.route"].browse(route), lane) for route, lane in lanes
            ]
        return results

    def due_lanes(self):
        self.env.cr.execute(
            """
            SELECT DISTINCT route_id, lane FROM interop_delivery
             WHERE state = 'pending' AND (not_before IS NULL OR not_before <= clock_timestamp() AT TIME ZONE 'UTC')
             ORDER BY 1, 2
            """
        )
        return self.env.cr.fetchall()

    def after_commit(self):
        """Run what the product registered for after the commit: a test's transaction never commits."""
        self.env.flush_all()
        waiting = self.env.cr.postcommit._funcs
        ours = [function for function in waiting if "healthcare_interop" in function.__module__]
        others = [function for function in waiting if function not in ours]
        waiting.clear()
        waiting.extend(others)
        for function in ours:
            function()
        self.env.invalidate_all()

    def let_time_pass(self):
        """Whatever waits for a time waits no longer; what is parked stays parked."""
        self.env.cr.execute(
            "UPDATE interop_delivery SET not_before = NULL WHERE state = 'pending' AND not_before < 'infinity'"
        )

    @contextlib.contextmanager
    def before_apply(self, check, entity="party"):
        """Call ``check(plug-in, items)`` before each set is applied; what it raises, the plug-in raises."""
        plugin = self.env.registry[f"interop.entity.{entity}"]
        original = plugin._apply

        def _apply(plugin, call, items):
            check(plugin, items)
            return original(plugin, call, items)

        with patch.object(plugin, "_apply", _apply):
            yield

    @contextlib.contextmanager
    def stumbling(self, error, *, over="MARK", entity="party"):
        """Items whose name has the word ``over`` make the plug-in raise ``error`` (or what ``error(plugin)`` raises)."""

        def check(plugin, items):
            if any(over in item.entity.name.display for item in items if item.entity.name):
                raise error(plugin) if callable(error) else error

        with self.before_apply(check, entity):
            yield

    @contextlib.contextmanager
    def counting_tries(self):
        """A list that gets the size of each set that is tried."""
        sizes = []
        original = Drain._try

        def _try(run, model, call, items):
            sizes.append(len(items))
            return original(run, model, call, items)

        with patch.object(Drain, "_try", _try):
            yield sizes
