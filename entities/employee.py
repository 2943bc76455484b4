"""employee → ``hr.employee``: onboarded, moved, changed, left (archived, never deleted)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from odoo import models

from ..core.errors import BusinessRule
from ..core.post_rows import EMPLOYMENT, MAIN, MOVE, POST, UNTIL, News
from ..core.posts import EVER

WORKER_TYPES = {"staff": "employee", "contractor": "contractor", "partner": "freelance"}
#: what holds from a day on, or in one of several posts
WORK = ("organization", "job", "role", "worker_type", "manager", "is_active")


@dataclass(frozen=True)
class Found:
    """What items refer to: the records of references and the jobs of codings."""

    records: dict
    jobs: dict


class Employee(models.AbstractModel):
    _name = "interop.entity.employee"
    _inherit = "interop.entity.upsert"
    _description = "Interop entity: employee"
    _right = "healthcare_interop.group_apply_employee"
    _touches = {
        "hr.employee": "wc",
        "hr.version": "wc",
        "hr.job": "c",
        "resource.resource": "wc",
        "interop.post": "wc",
        "res.partner": "w",
    }

    _entity = "employee"
    _home = "hr.employee"
    _attribute_fields = {
        "name": ("name",),
        "role": ("job_title",),
        "worker_type": ("employee_type",),
        "organization": ("department_id",),
        "job": ("job_id",),
        "manager": ("parent_id",),
        "is_active": ("active",),
        "phone": ("work_phone",),
        "mobile": ("mobile_phone",),
        "email": ("work_email",),
    }

    def _apply(self, call, items):
        """What holds now goes the common way; what holds from a day on or in one of several posts is kept besides."""
        items, refused = self._without_refused_ends(call, items)
        outcomes = super()._apply(call, items) if items else []
        return refused + self._tell(call, items, outcomes)

    def _prepare(self, call, items):
        as_department = self.env["interop.entity.department"]._as_department
        departments = {
            as_department(item.entity.organization) for item in items if item.entity.organization
        }
        places = {item.entity.location for item in items if item.entity.location}
        # a practitioner's organization is often another house: a department only where it is known as one
        found = self._find_references(call, departments | places)
        managers, stopped = self._take_references(call, self._mentioned(items, ("manager",)))
        codings = {item.entity.job for item in items if item.entity.job}
        jobs = self.env["interop.jobs"]._take(call, codings) if codings else {}
        return Found(found | managers, jobs), stopped

    def _to_values(self, call, item, found):
        employee = item.entity
        values = self._contact_values(employee.contacts)
        if employee.name:
            values["name"] = {"name": employee.name.display}
        return values | self._work_values(call, item, found)

    def _work_values(self, call, item, found):
        employee = item.entity
        values = {}
        if employee.role is not None:
            values["role"] = {"job_title": employee.role or False}
        if employee.worker_type:
            word = self._one_of(WORKER_TYPES, employee.worker_type, "worker_type")
            values["worker_type"] = {"employee_type": WORKER_TYPES[word]}
        if employee.organization:
            department = found.records.get(
                self.env["interop.entity.department"]._as_department(employee.organization)
            )
            if department:
                values["organization"] = {"department_id": department}
        if employee.job is not None and (not employee.job or employee.job in found.jobs):
            values["job"] = {"job_id": found.jobs.get(employee.job, False)}
        if employee.manager is not None:
            values["manager"] = {"parent_id": self._manager(employee, found)}
        is_active = self._is_active(call, item)
        if is_active is not None:
            values["is_active"] = {"active": is_active}
        return values

    def _manager(self, employee, found):
        if employee.manager and set(employee.manager.identifiers) & set(employee.identifiers):
            raise BusinessRule("own_manager", path="manager")
        return found.records[employee.manager] if employee.manager else False

    def _is_active(self, call, item):
        """Whether they are here from the day that is told; that they are still is no news of a later day."""
        if item.event == "left":
            return False
        day = item.entity.effective_at
        if item.entity.is_active and item.event != "onboarded" and day and day > call.now.date():
            return None
        return None if item.entity.is_active is None else bool(item.entity.is_active)

    def _contact_values(self, contacts):
        if contacts is None:
            return {}
        chosen = {}
        for contact in contacts or ():
            chosen.setdefault(contact.kind, contact.value)
        return {
            "phone": {"work_phone": chosen.get("phone", False)},
            "mobile": {"mobile_phone": chosen.get("mobile", False)},
            "email": {"work_email": chosen.get("email", False)},
        }

    def _create(self, vals_list):
        """Odoo looks up the salary structure of each new employee by itself, twice; it is that of the company's country."""
        structure = self.env["hr.version"]._default_salary_structure()
        employees = self.env[self._home].with_context(interop_salary_structure=structure.id)
        return employees.create(vals_list).with_env(self.env)

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "company_id": call.company}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"company_id": call.company}

    # -- what holds now --

    def _make(self, call, new):
        return super()._make(
            call,
            [
                (item, keys, values if self._holds(call, item) else _without_work(values), record)
                for item, keys, values, record in new
            ],
        )

    def _can_compare(self, item, attribute):
        """What is told of another day is otherwise than what stands today, whatever it says."""
        return attribute not in WORK or not self._is_dated(item)

    def _without_refused_ends(self, call, items):
        """``(items, outcomes)``: the last day of an employment is no attribute of today, and owned as presence is."""
        gate, rest, refused = self.env["interop.ownership.gate"], [], []
        for item in items:
            verdict = gate._verdict(call, item, ["is_active"])
            if verdict.refused and self._last_day(call, item):
                refused.append(gate._refusal(item, verdict.refused))
            else:
                rest.append(item)
        return rest, refused

    def _barred(self, call, item, outcome):
        """What of somebody's work is not for ``item`` to say: ``{attribute: rule}``."""
        is_new = outcome.effect == "created"
        verdict = self.env["interop.ownership.gate"]._verdict(call, item, WORK, is_new=is_new)
        return {**verdict.refused, **verdict.left_out}

    def _holds(self, call, item):
        """Whether what ``item`` says of somebody's work holds today."""
        said, today = item.entity, call.now.date()
        return (
            not said.is_withdrawn
            and (not said.effective_at or said.effective_at <= today)
            and (not said.effective_until or said.effective_until >= today)
        )

    def _change(self, call, old, known):
        timed = self._days()._timed({record for *_rest, record in old})
        old = [
            (item, keys, _without_work(values), record)
            if record in timed or self._is_dated(item)
            else (item, keys, values, record)
            for item, keys, values, record in old
        ]
        named, following = self._named_contacts(old)
        outcomes = super()._change(call, old, known)
        self._rename_contacts(named, following)
        return outcomes

    def _named_contacts(self, old):
        """``(employee → name, those whose contact has that name)``, before a change."""
        employees = self.env[self._home].browse(sorted({record for *_rest, record in old})).exists()
        # a name is the resource's: Odoo looks for the employees of each, which costs once if all are known
        named = {one: one.name for one in employees if one.resource_id.employee_id}
        return named, employees.filtered(lambda one: one.work_contact_id.name == named[one])

    def _rename_contacts(self, named, following):
        """A contact that was named after a stub learns the name with it; one that people renamed keeps theirs."""
        contacts = following.work_contact_id
        for employee in following:
            if employee.name != named[employee]:
                # one prefetch for all, as everywhere
                contact = employee.work_contact_id.with_prefetch(contacts.ids)
                contact.write({"name": employee.name})

    def _write_all(self, call, writes):
        """Who leaves or comes back is more than a word on their record."""
        plain, present = [], []
        for changes, records in writes:
            rest = {name: value for name, value in changes.items() if name != "active"}
            plain += [(rest, records)] if rest else []
            present += [(records, changes["active"])] if "active" in changes else []
        result = super()._write_all(call, plain)
        for records, is_active in present:
            self._days()._act(records, "is_active", is_active, call.now.date())
        return result

    # -- what holds from a day on, or in one of several posts --

    def _days(self):
        return self.env["interop.employee.days"]

    def _is_dated(self, item):
        said = item.entity
        return bool(said.effective_at or said.effective_until or said.post or said.is_withdrawn)

    def _tell(self, call, items, outcomes):
        """Keep what ``items`` say of a day or a post, and what they say of people of whom such things are known."""
        done = {one.delivery: one for one in outcomes if one.state == "done" and one.record}
        told = [item for item in items if item.delivery in done]
        timed = self._days()._timed({done[item.delivery].record for item in told})
        due = [
            item
            for item in told
            if self._is_dated(item)
            or self._last_day(call, item)
            or done[item.delivery].record in timed
        ]
        if not due:
            return outcomes
        found, _stopped = self._prepare(call, due)
        news, owners = [], []
        stored = self._versions()._of(
            self._home, {done[item.delivery].record for item in due}, call.system
        )
        kept = {}
        for item in due:
            record = done[item.delivery].record
            barred = self._barred(call, item, done[item.delivery])
            for one in self._news(call, item, found, stored.get(record, {}), kept, record, barred):
                news.append((record, one))
                owners.append(item)
        effects = self._days()._tell(call, news)
        self._versions()._keep(self._home, call.system, kept)
        by_item = {}
        for place, effect in effects.items():
            by_item.setdefault(owners[place].delivery, []).append(effect)
        return [
            self._outcome(done[one.delivery], by_item[one.delivery])
            if one.delivery in by_item
            else one
            for one in outcomes
        ]

    def _outcome(self, outcome, effects):
        if outcome.effect == "unchanged":
            if any(effects):
                return self._with_effect(outcome, "updated")
            if all(effect is None for effect in effects):
                return self._with_effect(outcome, "superseded")
        return outcome

    def _with_effect(self, outcome, effect):
        return replace(outcome, effect=effect)

    def _news(self, call, item, found, stored, kept, record, barred):
        """What ``item`` says of somebody's work, a day or post each; ``stored``: the versions of what holds now.

        ``barred``: attributes that another system masters.
        """
        said, version = item.entity, self._version(item)
        since = self._said_on(call, version)
        values = {
            name: next(iter(fields_.values()))
            for name, fields_ in self._work_values(call, item, found).items()
            if name not in barred
        }
        last = "is_active" not in barred and self._last_day(call, item)
        if last:
            yield News(
                call.system, version, since, EMPLOYMENT, start=last, values={"is_active": False}
            )
        if not self._is_dated(item):
            if not values:
                return
            fresh = {
                name: value for name, value in values.items() if version >= stored.get(name, "")
            }
            kept.setdefault(record, {}).update(dict.fromkeys(fresh, version))
            yield News(call.system, version, since, "", start=since, values=fresh)
            return
        if said.effective_until is not None:
            values[UNTIL] = said.effective_until or None
        if said.location:
            values["location"] = found.records.get(said.location, False)
        kind, number = MOVE, ""
        if said.post:
            kind, number = POST, f"{said.post[0].system}|{said.post[0].value}"
            presence = values.pop("is_active", None)
            if presence is not None:
                yield News(
                    call.system, version, since, "", start=since, values={"is_active": presence}
                )
            if said.is_main_post is not None:
                values[MAIN] = bool(said.is_main_post)
        yield News(
            call.system,
            version,
            since,
            kind,
            number,
            said.effective_at or (EVER if kind == POST else since),
            values,
            bool(said.is_withdrawn),
        )

    def _said_on(self, call, version):
        """The day of a version that is a time, else today; nothing is said in the future."""
        today = call.now.date()
        try:
            return min(datetime.strptime(version[:8], "%Y%m%d").date(), today)
        except ValueError:
            return today

    def _last_day(self, call, item):
        """The day on which an employment ends, where it is told."""
        period = item.entity.active_period
        if not period or not period.end or item.entity.is_active and self._is_over(call, period):
            return None
        return self._day(call, period.end)

    def _is_over(self, call, period):
        return self._day(call, period.end) <= call.now.date()

    # -- what takes effect --

    def _due(self, now):
        """Whom something was told of for a day that has come: employees one by one, each in the environment of whoever told
        it (its service user, the employee's company)."""
        # the scheduler looks for everybody; what is done is done by a service user with its own rights
        due = (
            self.env["hr.employee"]
            .sudo()
            .with_context(active_test=False)
            .search([("interop_due_on", "<=", now.date())], order="id")
        )
        for employee in due:
            # of several, whoever told the latest
            latest = employee.interop_post_ids.sorted(
                lambda post: (post.told_on or date.min, post.id)
            )[-1:]
            acting = self.env["interop.system"]._acting(latest.system_id.id, employee.company_id.id)
            yield acting["hr.employee"].browse(employee.id)

    def _take_effect(self, employee, now):
        with self.env.cr.savepoint():
            employee.env["interop.employee.days"]._take_effect(employee, now.date())
            employee.env.flush_all()


def _without_work(values):
    return {name: value for name, value in values.items() if name not in WORK}
