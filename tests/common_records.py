"""What a record of each model is made with, in one place: ``RECORDS``, for ``common_companies``; dialogs: ``common_dialogs``."""

from odoo import fields

from ..core.audit import Act


def _company(place):
    return {"company_id": place.company.id}


def _named(place):
    return {"name": place.mark, **_company(place)}


def _money(place):
    return {**_named(place), "currency_id": place.env.ref("base.EUR").id}


def its_system(place):
    return {"system_id": place.id("interop.system")}


def its_partner(place):
    return {"res_model": "res.partner", "res_id": place.id("res.partner")}


def wizard(**refers):
    return lambda place: {name: place.id(model) for name, model in refers.items()}


def _audit_entry(place):
    place.env["interop.audit"]._record([Act("changed", company_id=place.company.id)])
    return place.newest("interop.audit.entry")


def _seal(place):
    # the sealer numbers them itself
    number = place.newest("interop.audit.seal").id + 1
    return place.inserted(
        "interop.audit.seal", id=number, sealed_at="2026-01-01", kind="gap", count=0, entries="", digest="x",
        previous="", key_id="k", head="x",
    )  # fmt: skip


def _bank(place):
    """A journal that payments may go through: companies without a chart of accounts have none."""
    bank = place.env["account.journal"].browse(place.another("account.journal", type="bank"))
    bank.inbound_payment_method_line_ids.payment_account_id = place["account.account"]
    return bank.id


def _effective(place):
    """A line of the view, which shows what a mapping that adapts another one says."""
    shipped = place.env["interop.mapping"].search([("active_version_id", "!=", False)], limit=1)
    said = {name: shipped[name] for name in ("format", "documents", "entity")}
    adapted = place.another("interop.mapping", extends_id=shipped.id, **said)
    rule = place.another("interop.mapping.rule", mapping_id=adapted)
    place.env.flush_all()
    return place.env["interop.mapping.effective"].browse(rule * 2)


def _use(place):
    return {
        "endpoint_id": place.another("interop.endpoint"),
        "kind": place.mark,
        "day": "2026-01-01",
        "messages": 1,
        "last_at": "2026-01-01",
        "counted_until": "2026-01-01",
        **its_system(place),
    }


def _caller(place):
    """A line of the view, which shows who used an endpoint."""
    endpoint = (
        place.env["interop.endpoint.use"].browse(place.another("interop.endpoint.use")).endpoint_id
    )
    place.env.flush_all()
    return place.env["interop.caller"].search([("endpoint_id", "=", endpoint.id)])


def _version(place):
    contract = place.env["interop.contract"].browse(place.another("interop.contract"))
    return {
        "name": place.mark,
        "contract_id": contract.id,
        "number": "1.0",
        "definition": "{}",
        "sha256": place.mark,
        "author_id": place.env.uid,
    }


def _sender(place):
    """A line of the view, which shows who sent by a version lately."""
    version = place.env["interop.contract.version"].browse(
        place.another("interop.contract.version")
    )
    place.another(
        "interop.message",
        contract_version_id=version.id,
        direction="in",
        received_at=fields.Datetime.now(),
        **its_system(place),
    )
    place.env.flush_all()
    return place.env["interop.contract.sender"].search([("version_id", "=", version.id)])


def first(place, model, name):
    return place.env[model]._fields[name].get_values(place.env)[0]


def _erasure(place):
    return {
        "user_id": place.env.uid,
        "basis": first(place, "interop.erasure", "basis"),
        "words": "x",
        "begun_at": "2026-01-01",
        **its_partner(place),
    }


def of_kind(model, **more):
    return lambda place: {
        **{name: place.id(one) for name, one in more.items()},
        "kind": first(place, model, "kind"),
        "fate": first(place, model, "fate"),
    }


RECORDS = {
    "interop.system": lambda p: {**_named(p), "code": p.mark},
    "interop.endpoint": lambda p: {"name": p.mark, "code": p.mark, **its_system(p)},
    "interop.endpoint.source": lambda p: {
        "endpoint_id": p.id("interop.endpoint"),
        "value": p.mark,
        **its_system(p),
    },
    "interop.endpoint.use": _use,
    "interop.caller": _caller,
    "interop.credential": wizard(endpoint_id="interop.endpoint"),
    "interop.credential.use": lambda p: {
        "credential_id": p.another("interop.credential"),
        "used_at": "2026-01-01",
    },
    "interop.facility": _named,
    "interop.facility.code": lambda p: {"facility_id": p.id("interop.facility"), "code": p.mark},
    "interop.team": _named,
    "interop.route": lambda p: {**_named(p), "entity": "party"},
    "interop.lane": lambda p: {"route_id": p.id("interop.route"), "number": next(p.numbers)},
    "interop.lane.try": lambda p: {"route_id": p.id("interop.route"), "number": next(p.numbers)},
    "interop.message": lambda p: {"uuid": p.mark, "received_at": "2026-01-01", **_company(p)},
    "interop.delivery": lambda p: {"message_id": p.id("interop.message"), **_company(p)},
    "interop.attempt": lambda p: {"delivery_id": p.id("interop.delivery"), "at": "2026-01-01"},
    "interop.payload": lambda p: {"message_id": p.another("interop.message")},
    "interop.exception": lambda p: {"fingerprint": p.mark, **_company(p)},
    "interop.audit.entry": _audit_entry,
    "interop.audit.seal": _seal,
    "interop.audit.unsealed": lambda p: p.inserted("interop.audit.unsealed", entry_id=0),
    "interop.audit.verification": lambda p: {},
    "interop.role.claim": lambda p: {"provider_id": 1, "value": p.mark, "role": "viewer"},
    "interop.contract": lambda p: {"name": p.mark, "format": "json", "document": p.mark},
    "interop.contract.attribute": lambda p: {
        "contract_id": p.id("interop.contract"),
        "path": p.mark,
        "purpose": "x",
    },
    "interop.contract.version": _version,
    "interop.contract.sender": _sender,
    "interop.contract.sending": lambda p: {
        "version_id": p.another("interop.contract.version"),
        "day": "2026-01-01",
        "is_named": False,
        "messages": 1,
        "last_at": "2026-01-01",
        "counted_until": "2026-01-01",
        **_company(p),
        **its_system(p),
    },
    "interop.erasure": _erasure,
    "interop.erasure.line": of_kind("interop.erasure.line", erasure_id="interop.erasure"),
    "interop.erasure.digest": lambda p: {"erasure_id": p.id("interop.erasure"), "digest": p.mark},
    "interop.erasure.work": wizard(erasure_id="interop.erasure", delivery_id="interop.delivery"),
    "interop.mapping": lambda p: {
        "name": p.mark,
        "format": "json",
        "documents": p.mark,
        "entity": "party",
        **its_system(p),
    },
    "interop.mapping.rule": lambda p: {
        "mapping_id": p.another("interop.mapping"),
        "target": "name",
        "source": "name",
        "transform": "text",
    },
    "interop.mapping.effective": _effective,
    "interop.mapping.test": lambda p: {
        "name": p.mark,
        "mapping_id": p.id("interop.mapping"),
        "sample": "{}",
    },
    "interop.mapping.version": lambda p: {
        "name": p.mark,
        "mapping_id": p.id("interop.mapping"),
        "number": next(p.numbers),
        "definition": "{}",
        "sha256": p.mark,
        "author_id": p.env.uid,
    },
    "interop.concept.map": lambda p: {"name": p.mark, "code": p.mark},
    "interop.concept.map.line": lambda p: {
        "map_id": p.id("interop.concept.map"),
        "source_code": p.mark,
        "target_code": "x",
        "for_system_id": p.id("interop.system"),
    },
    "interop.untranslated": lambda p: {
        "map_id": p.id("interop.concept.map"),
        "source_code": p.mark,
        **its_system(p),
    },
    "interop.attribute": lambda p: {"entity": "party", "name": p.mark, "label": p.mark},
    "interop.ownership": lambda p: {
        "entity": "party",
        "attribute_ids": [(6, 0, [p.another("interop.attribute")])],
        **its_system(p),
    },
    "interop.accounting.rule": lambda p: {
        "journal_id": p.id("account.journal"),
        "facility_id": p.another("interop.facility"),
        **_company(p),
    },
    "interop.disagreement": lambda p: {
        "entity": "party",
        "attribute": p.mark,
        **its_partner(p),
        **_company(p),
    },
    "interop.binding": lambda p: {
        "entity": "party",
        "namespace": p.mark,
        "value": p.mark,
        **its_system(p),
    },
    "interop.identifier.check": lambda p: {
        "name": p.mark,
        "scheme": "M10",
        "number_system": p.mark,
        **its_system(p),
    },
    "interop.identifier.fault": lambda p: {"place": p.mark, **its_partner(p), **its_system(p)},
    "interop.duplicate": lambda p: {
        "one_id": p.another("res.partner"),
        "other_id": p.another("res.partner"),
    },
    "interop.duplicate.rule": lambda p: {"name": p.mark, "basis": "phone"},
    "interop.duplicate.key": lambda p: {
        "rule_id": p.id("interop.duplicate.rule"),
        "record_id": p.id("res.partner"),
        "key": p.mark,
    },
    "interop.alias": lambda p: {
        "res_model": "res.partner",
        "merged_id": p.another("res.partner"),
        "into_id": p.id("res.partner"),
        "survivor_id": p.id("res.partner"),
        **its_system(p),
    },
    "interop.version": lambda p: {**its_partner(p), **its_system(p)},
    "interop.list.price": lambda p: {
        "product_id": p.id("product.product"),
        "version": p.mark,
        "told_at": "2026-01-01",
    },
    "interop.location": _named,
    "interop.encounter": _named,
    "interop.encounter.stay": lambda p: {
        "encounter_id": p.id("interop.encounter"),
        "location_id": p.id("interop.location"),
    },
    "interop.appointment": _named,
    "interop.coverage": _company,
    "interop.authorization": _named,
    "interop.claim": _money,
    "interop.claim.line": lambda p: {"claim_id": p.id("interop.claim"), "number": p.mark},
    "interop.claim.decision": lambda p: {"claim_id": p.id("interop.claim"), "number": p.mark},
    "interop.payment.allocation": lambda p: {"payment_id": p.id("account.payment"), "amount": 1},
    "interop.charge": _money,
    "interop.order": _named,
    "interop.packaging": lambda p: {
        "product_id": p.id("product.product"),
        "code": p.mark,
        "quantity": 1,
    },
    "interop.cost.share": lambda p: {
        "account_id": p.another("account.analytic.account"),
        "target_id": p.id("account.analytic.account"),
        "percent": 1,
    },
    "interop.post": lambda p: {
        "employee_id": p.id("hr.employee"),
        "kind": "post",
        "number": p.mark,
        **its_system(p),
    },
    "interop.reencryption": lambda p: {"key": p.mark},
    # Odoo's own, which those are about
    "res.partner": _named,
    "product.product": _named,
    "hr.employee": _named,
    "account.analytic.account": lambda p: {
        **_named(p),
        "plan_id": p.env["account.analytic.plan"].search([], limit=1).id,
    },
    "account.journal": lambda p: {**_named(p), "type": "sale", "code": p.mark[-5:]},
    "account.account": lambda p: {
        "name": p.mark,
        "code": p.mark.replace("-", "."),
        "account_type": "asset_current",
        "reconcile": True,
        "company_ids": [(6, 0, p.company.ids)],
    },
    "account.payment": lambda p: {"amount": 1, "journal_id": _bank(p)},
}
