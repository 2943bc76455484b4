"""Reading again what one delivery says, for a person's decision about it."""

from odoo import fields, models

from .work import Reader, Work


class DeliveryReading(models.Model):
    _inherit = "interop.delivery"

    def _read_entity(self):
        """The canonical entity that the drain would apply. Raises ``InteropError`` for what can't be read or mapped.

        Whoever calls answers for what is shown of it.
        """
        self.ensure_one()
        # the ledger is read for the machine; the button that leads here checked the right
        message = self.sudo().message_id
        self.env.cr.execute("SELECT body FROM interop_payload WHERE message_id = %s", (message.id,))
        found = self.env.cr.fetchone()
        # likewise
        given = {name: self.sudo()[name] for name in Work._fields if name in self._fields}
        # likewise
        given |= {
            "message_id": message.id,
            "system_id": self.sudo().system_id.id,
            "uuid": message.uuid,
            "format": message.format,
            "kind": message.kind,
            "type": message.type,
            "endpoint_id": message.endpoint_id.id,
            "facility_code": message.facility_code or "",
            "source": message.source or "",
            "source_time": message.source_time or "",
            "body": found and found[0],
        }
        work = Work(**{name: given.get(name) for name in Work._fields})
        # likewise
        _call, entity = Reader(self.env, fields.Datetime.now()).read(self.sudo().route_id, work)
        return entity
