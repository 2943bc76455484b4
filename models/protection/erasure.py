"""The record of an erasure: who, when, on what ground, what went and what stayed. It tells of nobody."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...core.binding import namespace
from ...core.canonical import Identifier
from ...core.personal import identifier_digest
from .erasure_triggers import guard
from .person import FATE_WORDS, KIND_WORDS, PROTECTOR

SHORTEST_WORDS = 10

BASES = [
    ("request", "The person asked for it (GDPR, Art. 17 (1) a–c)"),
    ("unlawful", "It was not lawful to keep it (Art. 17 (1) d)"),
    ("obligation", "A law demands it (Art. 17 (1) e)"),
    ("retention", "The time for which it may be kept is over"),
    ("mistake", "It was registered by mistake"),
]


def words_of(words, **options):
    """A selection of codes with their words; one always has to be given, and stays."""
    return fields.Selection(
        lambda self: [(name, self.env._(word)) for name, word in words.items()],
        required=True,
        readonly=True,
        **options,
    )


class ErasureEvidence(models.AbstractModel):
    """What an erasure says it did is evidence: it comes into being once, and stays as it is. Nobody has a right to change it;
    this is for code with all rights, and the database refuses it to everybody else."""

    _name = "interop.erasure.evidence"
    _description = "Evidence of an erasure"
    #: columns that may change: how far it has come
    _progress = frozenset()

    def init(self):
        if not self._abstract:
            names = [
                name for name, field in self._fields.items() if field.store and field.column_type
            ]
            open_ones = {"id", *models.MAGIC_COLUMNS, *self._progress}
            guard(self.env.cr, self._table, sorted(set(names) - open_ones))

    def write(self, vals):
        if not self._progress.issuperset(vals):
            raise self._refusal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._refusal()

    def _refusal(self):
        return AccessError(self.env._("What was erased stays on record."))


class Erasure(models.Model):
    _name = "interop.erasure"
    _inherit = "interop.erasure.evidence"
    _description = "Erasure"
    _progress = frozenset({"state", "done_at", "total"})
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    res_model = fields.Char(string="Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        required=True,
        readonly=True,
        help="The record that was emptied. Its number tells of nobody.",
    )
    user_id = fields.Many2one("res.users", string="Erased by", required=True, readonly=True)
    basis = fields.Selection(BASES, string="On what ground", required=True, readonly=True)
    words = fields.Char(string="In words", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], required=True, readonly=True, default="running"
    )
    begun_at = fields.Datetime(string="Begun", readonly=True, required=True)
    done_at = fields.Datetime(string="Ended", readonly=True)
    kin = fields.Json(readonly=True, help="The records that were this person, by their numbers.")
    total = fields.Integer(string="Deliveries to deal with", readonly=True)
    left = fields.Integer(string="Left to do", compute="_compute_left")
    others = fields.Integer(
        string="Messages about others, too",
        readonly=True,
        help="Their content went as a whole, with what it said of somebody else.",
    )
    line_ids = fields.One2many("interop.erasure.line", "erasure_id", readonly=True)
    digest_ids = fields.One2many("interop.erasure.digest", "erasure_id", readonly=True)
    digest_count = fields.Integer(string="Numbers", compute="_compute_digest_count")

    _one_running = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'running'", "This person is being erased already."
    )

    def _compute_name(self):
        for erasure in self:
            erasure.name = self.env._("Erasure %s", erasure.id)

    def _compute_left(self):
        # nobody's to read: rows of work, which are gone once it is done
        counts = dict(
            self.env["interop.erasure.work"]
            .sudo()
            ._read_group([("erasure_id", "in", self.ids)], ["erasure_id"], ["__count"])
        )
        for erasure in self:
            erasure.left = counts.get(erasure, 0)

    def _compute_digest_count(self):
        for erasure in self:
            erasure.digest_count = len(erasure.digest_ids)

    def action_go_on(self):
        """Where an erasure was interrupted for good: the same work once more, nothing twice."""
        if not self.env.user.has_group(PROTECTOR):
            raise AccessError(self.env._("Only data protection finds, hands out and erases."))
        self.check_access("read")
        self.filtered(lambda one: one.state == "running")._go_on()

    # -- to show later that a number was erased --

    @api.model
    def _of_number(self, entity, namespaces, value):
        """The erasures in which the number ``value`` of one of ``namespaces`` was erased."""
        key = self.env["interop.keyring"]._keyring().fingerprint_key
        digests = [identifier_digest(key, entity, one, value) for one in namespaces]
        # what is looked up is shown as the erasure, which has its own rights
        found = self.env["interop.erasure.digest"].sudo().search([("digest", "in", digests)])
        return self.browse(found.erasure_id.ids)

    @api.model
    def _namespaces(self, entity, system, assigner):
        """Whose numbers a search is about: those of ``assigner`` as ``system`` writes it, or all that are known."""
        if assigner:
            domains = (system or self.env["interop.system"].search([])).mapped("identity_domain")
            return sorted({namespace(Identifier("?", assigner), domain) for domain in domains})
        # a look from one namespace to the next along the index: there are few, and millions of numbers
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE n (name) AS (
                    (SELECT min(namespace) FROM interop_binding WHERE entity = %(entity)s)
                     UNION ALL
                    SELECT (SELECT min(b.namespace) FROM interop_binding b
                             WHERE b.entity = %(entity)s AND b.namespace > n.name)
                      FROM n WHERE n.name IS NOT NULL
                ) SELECT name FROM n WHERE name IS NOT NULL
                """,
                entity=entity,
            )
        )
        known = {row[0] for row in self.env.cr.fetchall()}
        if system:
            return sorted(
                one for one in known if one.startswith(f"{system.identity_domain}|") or ":" in one
            )
        return sorted(known)


class ErasureLine(models.Model):
    """What went and what stayed, of one kind."""

    _name = "interop.erasure.line"
    _inherit = "interop.erasure.evidence"
    _description = "Erasure, one kind"
    _order = "id"

    erasure_id = fields.Many2one(
        "interop.erasure", required=True, readonly=True, ondelete="restrict", index=True
    )
    kind = words_of(KIND_WORDS, string="What")
    count = fields.Integer(readonly=True)
    fate = words_of(FATE_WORDS, string="What became of it")
    why = fields.Char(readonly=True)


class ErasureDigest(models.Model):
    """A keyed digest of a number that was erased: shows later that it was, to who has the number."""

    _name = "interop.erasure.digest"
    _inherit = "interop.erasure.evidence"
    _description = "Digest of an erased number"
    _log_access = False
    _rec_name = "digest"

    erasure_id = fields.Many2one(
        "interop.erasure", required=True, readonly=True, ondelete="restrict", index=True
    )
    digest = fields.Char(required=True, readonly=True, index=True)


class ErasureWork(models.Model):
    """A delivery that is still to be dealt with. Gone in the same transaction in which that is done."""

    _name = "interop.erasure.work"
    _description = "Work of an erasure"
    _log_access = False
    _rec_name = "delivery_id"

    erasure_id = fields.Many2one(
        "interop.erasure", required=True, readonly=True, ondelete="cascade", index=True
    )
    delivery_id = fields.Many2one(
        "interop.delivery", required=True, readonly=True, ondelete="cascade", index=True
    )
