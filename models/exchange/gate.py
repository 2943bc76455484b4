"""Who may come in at an endpoint: read once, kept by each worker, and never trusted longer than it is true (ADR 6).

Every change to an endpoint or to one of its credentials gives the endpoint a new revision, by triggers: whoever makes the
change, and in the same commit. A worker keeps what it read together with the revision. The door stores with one statement
that also reads the revision as it stands; a refusal asks for it. Where it differs, nothing stands and the door begins again (``door_gate``).
"""

from typing import NamedTuple

from ...core.lifecycle import Lifecycle
from ...core.rate import Limit
from ...core.signature import Credential

ENDPOINT_TRIGGER = """
CREATE SEQUENCE IF NOT EXISTS interop_endpoint_revision_seq OWNED BY interop_endpoint.revision;
CREATE OR REPLACE FUNCTION interop_endpoint_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := nextval('interop_endpoint_revision_seq');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER interop_endpoint_revise BEFORE INSERT OR UPDATE ON interop_endpoint
    FOR EACH ROW EXECUTE FUNCTION interop_endpoint_revise();
UPDATE interop_endpoint SET revision = 0 WHERE revision IS NULL;
CREATE OR REPLACE FUNCTION interop_endpoint_readdress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interop_endpoint SET revision = 0 WHERE successor_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_endpoint_readdress AFTER UPDATE OF code ON interop_endpoint
    FOR EACH ROW WHEN (OLD.code <> NEW.code) EXECUTE FUNCTION interop_endpoint_readdress();
"""
#: any update will do: the endpoint's own trigger finds the number
CREDENTIAL_TRIGGER = """
CREATE OR REPLACE FUNCTION interop_credential_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE interop_endpoint SET revision = 0 WHERE id = OLD.endpoint_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE interop_endpoint SET revision = 0 WHERE id = NEW.endpoint_id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_credential_revise AFTER INSERT OR UPDATE OR DELETE ON interop_credential
    FOR EACH ROW EXECUTE FUNCTION interop_credential_revise();
"""


class GateChanged(Exception):
    """What this worker kept of an endpoint is no longer so."""


class Gate(NamedTuple):
    """An endpoint as the door needs it before anything has been read. ``credentials`` are those not revoked.

    ``is_whole``: whether this server can read the secrets of all of them.
    ``lifecycle``: how long it is spoken, and what callers are told of it.
    ``limits``: the endpoint's own (under None) and those of its credentials (under their reference).
    """

    id: int
    revision: int
    format: str
    state: str
    max_body_kb: int
    max_batch: int
    batch_mode: str
    is_overloaded: bool
    lifecycle: Lifecycle
    is_whole: bool
    credentials: tuple[Credential, ...]
    limits: dict[int | None, Limit]

    def limits_of(self, credential):
        """The limits of who shows ``credential``: tokens are taken from all of them."""
        if not self.limits:
            return ()
        found = (self.limits.get(key) for key in (credential.reference, None))
        return tuple(limit for limit in found if limit)
