"""What the door and the drain need to know of the configuration, compiled once and kept until something changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from odoo import models, tools

from ...core.codecs.plain_json import JsonOptions
from ...core.concepts import Concepts
from ...core.contract import Contracts
from ...core.contract_versions import Followed, Governed
from ...core.document import Document
from ...core.errors import KindNotTaken, PermanentError, UnknownSource
from ...core.identifier_checks import Checks
from ...core.mapping import Context, Mapper

#: answers to ``routes_of`` that a plan remembers
MOST_KEPT = 1000


class UnknownFacility(PermanentError):
    """The message names a facility that no table knows; the code is a place's name, not a person's."""

    category = "facility"


@dataclass(frozen=True, slots=True)
class SystemPlan:
    id: int
    code: str
    identity_domain: str
    company: int


@dataclass(frozen=True, slots=True)
class FacilityPlan:
    id: int
    company: int
    zone: str


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """One route as the door sees it. ``company`` and ``system`` are 0 where any will do."""

    id: int
    entity: str
    events: tuple[str, ...]
    system: int
    company: int
    lanes: int

    def takes(self, entity: str, event: str, system: int, company: int) -> bool:
        return (
            self.entity == entity
            and self.system in (0, system)
            and self.company in (0, company)
            and any(fnmatchcase(event, pattern) for pattern in self.events)
        )


@dataclass
class EndpointPlan:
    """Everything about one endpoint that rarely changes. Pure values: nothing here touches the database."""

    id: int
    format: str
    zone: str
    default_system: int
    systems: dict[int, SystemPlan]
    sources: dict[str, int]
    default_facility: FacilityPlan | None
    takes_unknown_facility: bool
    facilities: dict[tuple[int, str], FacilityPlan]
    routes: tuple[RoutePlan, ...]
    governed: Governed
    lets_in: Governed
    on_invalid: str
    json_options: JsonOptions
    payload_days: int
    checks: dict[int, Checks]
    mappers: dict[int, Mapper] = field(repr=False)
    concepts: dict[int, Concepts] = field(repr=False)
    _routes: dict[tuple, RoutePlan | None] = field(default_factory=dict, repr=False)

    def system_of(self, source: str) -> SystemPlan:
        """Who sent it: the endpoint's own system, or by its table of permitted sources. ``UnknownSource`` else."""
        if not self.sources:
            return self.systems[self.default_system]
        system = self.sources.get(source)
        if system is None:
            raise UnknownSource("unknown_source")
        return self.systems[system]

    def known_facility(self, system: int, code: str) -> FacilityPlan | None:
        """The facility ``code`` names, the endpoint's own where it names none; None where no table knows it."""
        if not code:
            return self.default_facility
        found = self.facilities.get((system, code)) or self.facilities.get((0, code))
        if found is None and self.takes_unknown_facility:
            return self.default_facility
        return found

    def facility(self, system: int, code: str) -> FacilityPlan:
        found = self.known_facility(system, code)
        if found is None:
            raise UnknownFacility("unknown_facility" if code else "no_facility")
        return found

    def routes_of(self, entity: str, event: str, system: int, company: int) -> RoutePlan | None:
        """The route that takes a fact; a system's own goes before a general one, then by sequence."""
        key = (entity, event, system, company)
        if key not in self._routes:
            taking = [route for route in self.routes if route.takes(*key)]
            if len(self._routes) > MOST_KEPT:
                # an event's name may come from the sender
                self._routes.clear()
            self._routes[key] = min(taking, key=lambda route: route.system == 0, default=None)
        return self._routes[key]

    def follow(self, document: Document) -> Followed:
        """What decides about a document that came in. ``KindNotTaken`` for one that the endpoint is not for; see ``Governed``."""
        followed = self.lets_in.follow(document)
        if self.lets_in is not self.governed and not followed.contracts.covers(document):
            raise KindNotTaken("kind_not_taken")
        return followed

    @property
    def contracts(self) -> Contracts:
        """Those in use: what a document follows that names no version."""
        return self.governed.contracts

    def mapper(self, system: int) -> Mapper:
        return self.mappers[system]

    def context(self, system: int, facility_code: str, received_at, untranslated=None) -> Context:
        facility = self.known_facility(system, facility_code or "")
        zone = ZoneInfo((facility and facility.zone) or self.zone)
        translate = self.concepts[system].translate
        day = received_at.astimezone(zone).date()
        return Context(
            zone=zone,
            translate=lambda name, coding: translate(name, coding, day),
            received_at=received_at,
            source=self.systems[system].code,
            untranslated=untranslated,
        )


class EndpointPlanning(models.Model):
    _inherit = "interop.endpoint"

    @tools.ormcache("endpoint_id")
    def _plan(self, endpoint_id):
        """The compiled plan of one endpoint; ``interop.configuration`` throws it away when anything changes."""
        # configuration is read for the machine, whoever is asking
        endpoint = self.sudo().browse(endpoint_id)
        systems = endpoint.system_id | endpoint.source_ids.system_id
        return EndpointPlan(
            id=endpoint.id,
            format=endpoint.format,
            zone=endpoint.tz or "UTC",
            default_system=endpoint.system_id.id,
            systems={system.id: endpoint._plan_system(system) for system in systems},
            sources={source.value: source.system_id.id for source in endpoint.source_ids},
            default_facility=endpoint._plan_facility(endpoint.facility_id)
            if endpoint.facility_id
            else None,
            takes_unknown_facility=endpoint.unknown_facility == "endpoint",
            facilities={
                (code.system_id.id or 0, code.code): endpoint._plan_facility(code.facility_id)
                # configuration is read for the machine, whoever is asking
                for code in self.env["interop.facility.code"]
                .sudo()
                .search(
                    [("facility_id.active", "=", True), ("system_id", "in", [False, *systems.ids])]
                )
            },
            routes=self._plan_routes(systems),
            governed=self._plan_governed(),
            lets_in=endpoint._lets_in(),
            on_invalid=endpoint.on_invalid,
            json_options=endpoint._json_options(),
            payload_days=endpoint.payload_days,
            checks={
                system.id: self.env["interop.identifier.check"]._checks(system.id)
                for system in systems
            },
            mappers={system.id: self._plan_mapper(system.id) for system in systems},
            concepts={
                system.id: self.env["interop.concept.map"]._concepts(system.id)
                for system in systems
            },
        )

    def _plan_system(self, system):
        return SystemPlan(system.id, system.code, system.identity_domain, system.company_id.id)

    def _plan_facility(self, facility):
        return FacilityPlan(facility.id, facility.company_id.id, facility.tz or "")

    def _plan_routes(self, systems):
        return tuple(
            RoutePlan(
                id=route.id,
                entity=route.entity,
                events=tuple(route.events.split()),
                system=route.system_id.id or 0,
                company=route.company_id.id or 0,
                lanes=route.lanes,
            )
            # configuration is read for the machine, whoever is asking
            for route in self.env["interop.route"]
            .sudo()
            .search([("system_id", "in", [False, *systems.ids])])
        )

    @tools.ormcache()
    def _plan_governed(self):
        """Contracts in the versions that are spoken."""
        # configuration is read for the machine, whoever is asking
        return Governed(self.env["interop.contract"].sudo()._in_force())

    def _plan_contracts(self):
        return self._plan_governed().contracts

    @tools.ormcache("system_id")
    def _plan_mapper(self, system_id):
        """Mappings as they are in use for what a system sends."""
        # configuration is read for the machine, whoever is asking
        mappings = self.env["interop.mapping"].sudo()
        return Mapper(mapping for mapping, _record in mappings._chosen_for(system_id))

    def _json_options(self):
        return JsonOptions(
            type=self.json_type or "",
            id=self.json_id or "",
            source=self.json_source or "",
            facility=self.json_facility or "",
            subject=self.json_subject or "",
            time=self.json_time or "",
            data=self.json_data or "",
            default_type=self.json_default_type or "",
        )
