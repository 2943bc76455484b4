"""What anybody with a session may call by RPC: listed with the reason why, and tried by somebody who may not do it."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_companies import VALUES, Place
from .test_access import AccessCase

#: a button that leads to a screen: it reads at most its own record, and the screen asks for rights of its own
OPENS = "opens"
#: a button, or the web client's own screen, that does something: it asks itself whether it may
ACTS = "acts"

PUBLIC = {
    "interop.adapt.mapping": {ACTS: "action_adapt"},
    "interop.allow.place": {ACTS: "action_allow"},
    "interop.allow.read": {ACTS: "action_allow"},
    "interop.appointment": {OPENS: "action_interop_disagreements"},
    "interop.audit.entry": {OPENS: "action_open_record"},
    "interop.audit.verification": {ACTS: "action_go_on action_verify"},
    "interop.authorization": {OPENS: "action_interop_disagreements"},
    "interop.bind.code": {ACTS: "action_bind"},
    "interop.binding": {OPENS: "action_open_record"},
    "interop.charge": {ACTS: "action_draft_invoices"},
    "interop.claim": {ACTS: "action_settle action_unsettle"},
    "interop.concept.map": {OPENS: "action_export"},
    "interop.content.reading": {ACTS: "action_reveal"},
    "interop.contract": {
        OPENS: "action_publish",
        ACTS: "action_apply_retention action_back_to_active",
    },
    "interop.contract.version": {
        OPENS: "action_compare action_deprecate action_messages action_open action_retire",
        ACTS: "action_use",
    },
    "interop.copy.configuration": {ACTS: "action_copy"},
    "interop.coverage": {OPENS: "action_interop_disagreements"},
    "interop.credential": {
        OPENS: "action_ask_revoke action_rotate",
        ACTS: "action_fetch_keys action_revoke",
    },
    "interop.delivery": {OPENS: "action_open_record", ACTS: "action_try_again"},
    "interop.disagreement": {
        OPENS: "action_open_messages action_open_record",
        ACTS: "action_keep action_open_again action_take_word",
    },
    "interop.deprecate.endpoint": {ACTS: "action_deprecate"},
    "interop.discard.deliveries": {ACTS: "action_discard"},
    "interop.duplicate": {ACTS: "action_dismiss action_merge action_reopen"},
    "interop.duplicate.rule": {OPENS: "action_open_found", ACTS: "action_look action_look_again"},
    "interop.encounter": {
        OPENS: "action_interop_disagreements action_open_charges action_open_invoices",
        ACTS: "action_draft_invoice",
    },
    "interop.encryption.keys": {ACTS: "action_begin action_make_key"},
    "interop.end.contract.version": {ACTS: "action_end"},
    "interop.endpoint": {
        OPENS: "action_open_messages action_survey action_try_sample",
        ACTS: "action_draft action_live action_pause action_take_back action_test action_undeprecate",
    },
    "interop.erase.person": {ACTS: "action_erase"},
    "interop.erasure": {ACTS: "action_go_on"},
    "interop.exception": {
        OPENS: "action_bind action_discard action_open_clashing action_open_deliveries "
        "action_open_disagreements action_open_waiting",
        ACTS: "action_resolve action_try_again",
    },
    "interop.export.audit": {ACTS: "action_export"},
    "interop.export.configuration": {ACTS: "action_export"},
    "interop.export.register": {ACTS: "action_export"},
    "interop.find.person": {ACTS: "action_find"},
    "interop.find.person.match": {ACTS: "action_show"},
    "interop.identifier.check": {ACTS: "action_check_bound"},
    "interop.identifier.fault": {OPENS: "action_open_record", ACTS: "action_dismiss action_reopen"},
    "interop.import.concept.map": {ACTS: "action_import"},
    "interop.import.configuration": {
        OPENS: "action_open_contracts action_open_endpoints action_open_mappings",
        ACTS: "action_back action_import action_look",
    },
    "interop.import.configuration.line": {ACTS: "action_import action_tick action_untick"},
    "interop.issue.credential": {ACTS: "action_issue"},
    "interop.location": {OPENS: "action_interop_disagreements"},
    "interop.mapping": {
        OPENS: "action_open_adapted_by action_open_tests action_open_workbench",
        # the workbench is the web client's own screen
        ACTS: "action_back_to_active action_keep_header action_take_header "
        "workbench_load workbench_save workbench_try",
    },
    "interop.mapping.effective": {
        ACTS: "action_back_to_profile action_keep_mine action_switch_off action_take_theirs",
    },
    "interop.mapping.test": {ACTS: "action_take_found"},
    "interop.mapping.version": {ACTS: "action_activate action_approve action_withdraw"},
    "interop.message": {OPENS: "action_open_records"},
    "interop.open.content": {ACTS: "action_open"},
    "interop.payment.allocation": {OPENS: "action_open_payment", ACTS: "action_match"},
    "interop.person": {OPENS: "action_erase action_open_record", ACTS: "action_export"},
    "interop.person.line": {OPENS: "action_open"},
    "interop.publish.contract": {ACTS: "action_publish"},
    "interop.put.in.use": {ACTS: "action_put_in_use"},
    "interop.reencryption": {ACTS: "action_resume action_stop"},
    "interop.retire.endpoint": {ACTS: "action_retire"},
    "interop.revoke.credential": {ACTS: "action_revoke"},
    "interop.route": {OPENS: "action_open_deliveries"},
    "interop.survey": {OPENS: "action_open_codes", ACTS: "action_look"},
    "interop.survey.code": {ACTS: "action_translate"},
    "interop.survey.place": {OPENS: "action_open_codes", ACTS: "action_allow_read action_draft_mapping"},
    "interop.system": {
        OPENS: "action_open_endpoints action_open_exceptions action_open_failed "
        "action_open_messages action_open_pending action_open_today",
    },
    "interop.team": {OPENS: "action_open_exceptions"},
    "interop.untranslated": {ACTS: "action_translate"},
    # Odoo's own records
    "account.move": {OPENS: "action_interop_history action_interop_open"},
    "account.payment": {OPENS: "action_interop_history"},
    "hr.department": {OPENS: "action_interop_disagreements"},
    "hr.employee": {OPENS: "action_interop_disagreements action_interop_history"},
    "product.product": {OPENS: "action_interop_disagreements action_interop_history"},
    "product.template": {OPENS: "action_interop_disagreements action_interop_history"},
    "purchase.order": {OPENS: "action_interop_history"},
    "res.partner": {OPENS: "action_interop_disagreements action_interop_history"},
    "stock.move": {OPENS: "action_interop_history"},
    "stock.quant": {OPENS: "action_interop_count"},
    "stock.picking": {OPENS: "action_interop_history"},
}  # fmt: skip
#: Odoo's own methods, which check access in what they call; ours say more about what may be done
EXTENDED = {
    "create", "write", "unlink", "default_get", "message_post", "button_cancel", "button_draft", "action_reset_password",
}  # fmt: skip
#: what the web client sends along
ARGUMENTS = {"workbench_save": ([], []), "workbench_try": ("{}", [])}
OURS = "odoo.addons.healthcare_interop."
#: what a button's answer may hold for somebody who may not read its record: names of screens, and what they were asked with
ANSWER = {
    "type", "name", "res_model", "view_mode", "view_id", "views", "target", "domain", "context", "res_id", "params", "tag",
    "search_view_id", "help", "id", "xml_id", "path", "limit", "binding_model_id", "binding_type", "binding_view_types",
    "display_name", "group_ids", "usage", "filter", "mobile_view_mode", "cache", "embedded_action_ids", "view_ids", "url",
}  # fmt: skip


#: roles that only look, but for this
DUTIES = {("auditor", "interop.audit.verification")}


@tagged("post_install", "-at_install")
class TestPublicMethods(AccessCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = Place(cls.env, cls.env.company)
        for model in PUBLIC.keys() & VALUES.keys():
            cls.place.id(model)

    def callable_ones(self):
        """``(model, method, whether Odoo has it too)`` of all that a class of ours defines and RPC may call."""
        for model, cls in self.env.registry.items():
            if cls._abstract:
                continue
            for name in dir(cls):
                definers = [base for base in cls.mro() if name in vars(base)]
                ours = [base for base in definers if base.__module__.startswith(OURS)]
                if ours and callable(getattr(cls, name)) and self._is_public(model, name):
                    yield model, name, len(ours) < len(definers)

    def _is_public(self, model, name):
        try:
            get_public_method(self.env[model], name)
        except AccessError:
            return False
        return True

    def test_what_can_be_called_is_what_is_listed(self):
        found, extended = {}, set()
        for model, name, is_odoos in self.callable_ones():
            if is_odoos:
                extended.add(name)
            else:
                found.setdefault(model, set()).add(name)
        listed = {
            model: {name for names in kinds.values() for name in names.split()}
            for model, kinds in PUBLIC.items()
        }
        self.assertEqual(found, listed)
        self.assertEqual(extended, EXTENDED)

    def test_what_is_written_is_noticed(self):
        """Or the tests below would hold of anything."""
        theirs = self.place["interop.duplicate"].with_user(self.users["operator"])
        with self.assertRaisesRegex(AssertionError, "it wrote"):
            self._call(theirs, "action_dismiss")

    # -- called by somebody who may not --

    def _written(self):
        """Rows written so far in this transaction."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()[0]

    def _call(self, records, name):
        """What it answers; None where it refuses. Fails where it wrote something."""
        before = self._written()
        savepoint = self.env.cr.savepoint()
        try:
            answer = getattr(records, name)(*ARGUMENTS.get(name, ()))
            self.env.flush_all()
            self.assertEqual(self._written(), before, "it wrote")
        except (AccessError, UserError):
            answer = None
            self.assertTrue(not records or records.sudo().exists())
        except ValueError as error:
            # of no record, where it takes one
            self.assertIn("Expected singleton", str(error))
            answer = None
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all(flush=False)
        return answer

    def _listed(self, *kinds):
        for model, methods in PUBLIC.items():
            for kind in kinds:
                for name in methods.get(kind, "").split():
                    yield model, name

    def _all_of(self, model):
        return self.place[model] if model in VALUES else self.env[model].search([], limit=1)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_plain_user_gets_nothing_done_by_any_of_them(self):
        for model, name in self._listed(OPENS, ACTS):
            for records in (self._all_of(model), self.env[model]):
                with self.subTest(model=model, method=name, records=len(records)):
                    answer = self._call(records.with_user(self.users["outsider"]), name)
                    if answer not in (None, True, False):
                        self.assertLessEqual(set(answer), ANSWER)
                        self.assertTrue(answer["type"].startswith("ir.actions."), answer)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_whoever_only_looks_gets_nothing_done(self):
        """Who may read the record, but is none of those that the button is for."""
        for role in ("viewer", "auditor", "payload"):
            for model, name in self._listed(ACTS):
                if (role, model) in DUTIES:
                    continue
                with self.subTest(model=model, method=name, role=role):
                    self._call(self._all_of(model).with_user(self.users[role]), name)
