"""A copy of a database that was neutralized accepts nothing, runs nothing and sends nothing."""

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import InteropCase

MODULE = "healthcare_interop"


@tagged("post_install", "-at_install")
class TestNeutralize(InteropCase):
    def neutralize(self, *modules):
        """What ``odoo neutralize`` runs for these modules, in this test's transaction."""
        self.env.flush_all()
        for query in get_neutralization_queries(modules):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_the_door_takes_nothing(self):
        self.assertEqual(self.receive(self.party("n1")).status, 202)
        before = self.stored()
        self.neutralize(MODULE)
        for endpoint in self.endpoints.values():
            with self.subTest(format=endpoint.format):
                self.assertEqual(self.receive(self.party("n2"), endpoint).status, 401)
        self.assertEqual(self.stored(), before)

    def stored(self):
        return self.env["interop.message"].search_count([("system_id", "=", self.system.id)])

    def test_no_credential_is_good_and_no_endpoint_live(self):
        self.neutralize(MODULE)
        self.assertFalse(self.env["interop.credential"].search([("is_revoked", "=", False)]))
        self.assertFalse(self.env["interop.endpoint"].search([("state", "!=", "draft")]))

    def test_no_job_of_the_original_runs(self):
        self.send(self.party("n1"))
        self.route._wake(self.env.cr, {(self.route.id, 0)})
        jobs = self.env["queue.job"].search([("channel", "like", "root.interop%")])
        self.assertTrue(jobs)
        self.neutralize(MODULE)
        open_states = {"pending", "enqueued", "started", "wait_dependencies"}
        self.assertFalse(open_states & set(jobs.mapped("state")))

    def test_no_cron_of_ours_runs(self):
        """Odoo's own script switches crons off."""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.cron")]
        )
        crons = self.env["ir.cron"].browse(data.mapped("res_id"))
        self.assertTrue(crons.filtered("active"))
        self.neutralize("base", MODULE)
        self.assertFalse(crons.filtered("active"))

    def test_no_server_sends_mail(self):
        """Nor do reminders of credentials leave the copy."""
        self.env["ir.mail_server"].create({"name": "S", "smtp_host": "mail.example"})
        self.neutralize("base", "mail", MODULE)
        servers = self.env["ir.mail_server"].search([])
        self.assertEqual(set(servers.mapped("smtp_host")), {"invalid"})
