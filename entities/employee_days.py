"""What was told of somebody's work for a day, or for one of several posts: kept, and put into Odoo's versions.

Odoo keeps dated versions of an employee (``hr.version``) and shows the one of today: a move is a version from its day on.
Whom somebody answers to and whether they are here has no version; that is changed on its day (``_take_effect``).
"""

from datetime import date

from odoo import models
from odoo.tools import SQL

from ..core.post_rows import MAIN, MOVE, UNTIL, Row, settle, take, told
from ..core.posts import EVER, NEVER, Back, Told, changes, line, rebuilt

#: kept in versions, day by day: attribute → field of hr.version
VERSIONED = {
    "organization": "department_id",
    "job": "job_id",
    "role": "job_title",
    "worker_type": "employee_type",
}
#: where it is kept as it was told: attribute → field of interop.post
TOLD = VERSIONED | {"manager": "manager_id", "location": "location_id", "is_active": "presence"}
PRESENCE = {True: "here", False: "gone"}
#: the two lines that no version has
MANAGER, IS_ACTIVE = "manager", "is_active"


class EmployeeDays(models.AbstractModel):
    _name = "interop.employee.days"
    _inherit = "interop.entity"
    _description = "Interop employees: days"

    def _timed(self, ids):
        """Those among employees ``ids`` of whose work more than one day is known: ids, one statement."""
        if not ids:
            return set()
        self.env["hr.version"].flush_model(["employee_id", "active"])
        self.env["interop.post"].flush_model(["employee_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT employee_id FROM interop_post WHERE employee_id = ANY(%(ids)s)
                UNION
                SELECT employee_id FROM hr_version WHERE employee_id = ANY(%(ids)s) AND active
                 GROUP BY employee_id HAVING count(*) > 1
                """,
                ids=list(ids),
            )
        )
        return {employee for (employee,) in rows}

    # -- what is told --

    def _tell(self, call, told_of):
        """Take news in: ``told_of`` is ``[(employee id, News or values for now)]`` in order; ``{place: changed or None}``.

        None says that it is older than what is known. News without a day (kind '') is not kept: it is what holds now.
        """
        ids = {employee for employee, _news in told_of}
        rows = self._rows(ids)
        employees = self.env["hr.employee"].with_context(active_test=False).browse(sorted(ids))
        today = call.now.date()
        effects, changed, openings, idle = {}, {}, [], []
        places_of = {}
        for place, (employee, _news) in enumerate(told_of):
            places_of.setdefault(employee, []).append(place)
        # of all in one go: a version by itself is read by itself
        versions = employees.version_ids.filtered("active").grouped("employee_id")
        for employee in employees:
            places = places_of[employee.id]
            own = rows.setdefault(employee.id, [])
            before = line(told(own))
            known = self._standing(own)
            now, fresh, taken = self._take(own, {place: told_of[place][1] for place in places})
            standing = told(own)
            after = line([*standing, *now])
            points = {version.date_version: version for version in versions[employee]}
            writes = self._writes(points, before, after, fresh)
            for day in sorted(writes):
                if day in points:
                    points[day].write(writes[day])
                else:
                    openings.append((employee, points, day, writes[day]))
            if before.keys() & VERSIONED.keys():
                idle.append((points, before, after))
            here = self._put_now(employee, before, after, fresh, today)
            has_changed = bool(writes) or here
            is_new = self._standing(own) != known
            effects |= dict.fromkeys(places)
            effects |= {
                place: has_changed or (is_new and is_row) for place, is_row in taken.items()
            }
            if any(taken.values()):
                changed[employee] = own
                self._plan(employee, line(standing), today)
        self._open(openings)
        for points, before, after in idle:
            self._drop_idle(points, before, after)
        self._keep(changed)
        return effects

    def _standing(self, rows):
        """What is told in all, whoever said it last and however often: posts, and days on which something changes."""
        changing = {name: changes(days) for name, days in line(told(rows)).items()}
        posts = {
            (row.key, row.start): (dict(row.values), row.is_valid, row.end)
            for row in rows
            if row.kind != MOVE
        }
        return changing, posts

    def _take(self, rows, news_at):
        """``(what holds now, {attribute: days that the news is about}, {place: whether it is kept})`` of ``{place: news}``.

        A place is missing where its news is older than what is known.
        """
        now, fresh, taken = [], {}, {}
        for place, news in news_at.items():
            if news.kind:
                is_taken = take(rows, news) is not None
            else:
                is_taken = bool(news.values)
                now.append(Told(start=news.start, values=news.values, order=news.version))
            if is_taken:
                taken[place] = bool(news.kind)
                for attribute in news.values:
                    fresh.setdefault(attribute, set()).add(news.start)
        return now, fresh, taken

    def _writes(self, points, before, after, fresh):
        """``{day: {field: value}}`` where the versions ``points`` (by day) have another value than what was told."""
        writes = {}
        for attribute, name in VERSIONED.items():
            if attribute not in before and attribute not in after:
                continue
            had = {day: self._plain(version[name]) for day, version in points.items()}
            found = rebuilt(
                had, before.get(attribute, {}), after.get(attribute, {}), fresh.get(attribute, ())
            )
            was = None
            for day, value in found.items():
                if had[day] != value if day in had else was != value:
                    writes.setdefault(day, {})[name] = value
                was = value
        return writes

    def _open(self, openings):
        """Versions of their own: (employee, versions by day, day, what is other than on the day before), in order of days.

        As ``hr.employee.create_version``, but in one go for all; where there is a contract, that decides for each.
        """
        while openings:
            first = {
                employee: place for place, (employee, *_rest) in reversed([*enumerate(openings)])
            }
            now = [openings[place] for place in sorted(first.values())]
            openings = [one for place, one in enumerate(openings) if place not in first.values()]
            plain, copies = [], []
            for employee, points, day, values in now:
                employee.check_access("write")
                # all of a version goes on, what a service user may not read as well
                base = points[max(at for at in points if at <= day)].sudo()
                if base.contract_date_start:
                    points[day] = employee.create_version({"date_version": day, **values})
                    continue
                plain.append((points, day))
                copies.append(base.copy_data()[0] | {"date_version": day} | values)
            # likewise
            made = self.env["hr.version"].sudo().create(copies).sudo(False)
            for (points, day), version in zip(plain, made, strict=True):
                points[day] = version

    def _plain(self, value):
        return value.id if isinstance(value, models.BaseModel) else value or False

    def _drop_idle(self, points, before, after):
        """A version that was made for a day on which nothing happens any more is archived."""
        days = sorted(points)
        gone = {day for name in VERSIONED for day in before.get(name, {})}
        gone -= {day for name in VERSIONED for day in after.get(name, {})}
        for was, day in zip(days, days[1:], strict=False):
            if day not in gone:
                continue
            # what it holds besides is compared, not told: some of it a service user may not read
            one, other = (points[at].sudo().copy_data()[0] for at in (was, day))
            ignored = {"date_version", "last_modified_date", "last_modified_uid"}
            if all(one[name] == other[name] for name in one.keys() - ignored):
                points[day].write({"active": False})

    def _put_now(self, employee, before, after, fresh, today):
        """The manager, and whether they are here: what was told of them for today or before."""
        had = {MANAGER: employee.parent_id.id, IS_ACTIVE: employee.active}
        has_changed = False
        for attribute, value in had.items():
            if attribute in fresh or before.get(attribute) != after.get(attribute):
                found = rebuilt(
                    {today: value},
                    before.get(attribute, {}),
                    after.get(attribute, {}),
                    fresh.get(attribute, ()),
                )[today]
                if found != value:
                    has_changed = True
                    days = [day for day in after.get(attribute, {}) if EVER < day <= today]
                    self._act(employee, attribute, found, max(days, default=today))
        return has_changed

    def _act(self, employees, attribute, value, day):
        if attribute == MANAGER:
            employees.write({"parent_id": value})
        elif value:
            self.env["interop.leaving"]._return(employees)
        else:
            self.env["interop.leaving"]._leave(employees, day)

    # -- what takes effect --

    def _plan(self, employee, standing, today):
        """The next day on which something takes effect."""
        due = min((day for days in standing.values() for day in days if day > today), default=False)
        if (employee.interop_due_on or False) != due:
            employee.interop_due_on = due

    def _take_effect(self, employees, today):
        """What was told for a day that has come since."""
        rows = self._rows(employees.ids)
        for employee in employees:
            standing, since = line(told(rows.get(employee.id, []))), employee.interop_due_on
            employee._compute_current_version_id()
            for attribute in (MANAGER, IS_ACTIVE):
                days = standing.get(attribute, {})
                due = max((day for day in days if since <= day <= today), default=None)
                if due is not None and not isinstance(days[due], Back):
                    self._act(employee, attribute, days[due], due)
            self._plan(employee, standing, today)

    # -- what is kept --

    def _rows(self, ids):
        """``{employee id: what was told of them}``, withdrawn ones too."""
        posts = (
            self.env["interop.post"]
            .with_context(active_test=False)
            .search([("employee_id", "in", list(ids))], order="id")
        )
        found = {}
        for post in posts:
            found.setdefault(post.employee_id.id, []).append(self._row(post))
        for rows in found.values():
            for key in {row.key for row in rows}:
                settle(row for row in rows if row.key == key)
        return found

    def _row(self, post):
        versions = post.versions or {}
        values = {name: self._plain(post[field]) for name, field in TOLD.items()}
        values[IS_ACTIVE] = post.presence == PRESENCE[True]
        values |= {UNTIL: post.date_to or None, MAIN: post.is_main and post.is_main == "yes"}
        return Row(
            post.system_id.id,
            post.kind,
            post.number,
            post.date_from or EVER,
            post.told_on or EVER,
            {name: value for name, value in values.items() if name in versions},
            versions,
            post.id,
        )

    def _keep(self, changed):
        """Write what ``{employee: rows}`` say, new ones in one go."""
        new = []
        for employee, rows in changed.items():
            for row in rows:
                values = self._post_values(row)
                if row.record:
                    self._differing(self.env["interop.post"].browse(row.record), values)
                else:
                    new.append({"employee_id": employee.id, **values})
        if new:
            self.env["interop.post"].create(new)

    def _post_values(self, row):
        values = {field: row.values[name] for name, field in TOLD.items() if name in row.values}
        if IS_ACTIVE in row.values:
            values["presence"] = PRESENCE[row.values[IS_ACTIVE]]
        is_main = row.values.get(MAIN)
        return values | {
            "system_id": row.system,
            "kind": row.kind,
            "number": row.number,
            "date_from": row.start if row.start > date.min else False,
            "date_to": row.end if row.end < NEVER else False,
            "is_main": False if is_main is None else "yes" if is_main else "no",
            "told_on": row.since if row.since > date.min else False,
            "versions": row.versions,
            "active": row.is_valid,
        }

    def _differing(self, post, values):
        changes = {
            name: value
            for name, value in values.items()
            if self._plain(post[name]) != (value or False)
        }
        if changes:
            post.write(changes)
