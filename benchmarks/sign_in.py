"""People sign in by an identity provider over HTTP, and have the roles that it tells of; what it takes away is gone the next time.

A real Odoo with one process, a small OpenID provider (devkit/identity_provider.py), a browser played by requests. Odoo's
``auth_oauth`` is installed while Odoo runs, after this add-on, as somebody would from Apps: the process goes on without a restart.
Then Odoo is started again, which loads the two the other way around, and it is all tried once more.

    python3 benchmarks/sign_in.py                  Odoo's auth_oauth (implicit flow)
    python3 benchmarks/sign_in.py --flow code      OCA's auth_oidc from PyPI: authorization code with PKCE
"""

import contextlib
import json
import re
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

import requests  # noqa: E402

from benchmarks import instance, templates  # noqa: E402
from benchmarks.person import Person  # noqa: E402
from devkit import console, python_env  # noqa: E402
from devkit.identity_provider import Provider  # noqa: E402

HERE = Path(__file__).resolve().parent
CLIENT, SECRET = "odoo-trial", "trial-secret"
PERSON, LOGIN = "3f6c-anna", "anna"
OUTSIDER = "9a1b-paul"
FLOWS = {"implicit": "auth_oauth", "code": "auth_oidc"}
LINES = (("interop-operators", "operator"), ("interop-content", "payload_reader"))

PREPARE = """
import json
env['ir.config_parameter'].set_param('auth_oauth.authorization_header', '1')
env['auth.oauth.provider'].search([]).enabled = False
values = {values!r}
provider = env['auth.oauth.provider'].create(values)
for value, role in {lines!r}:
    env['interop.role.claim'].create(
        {{'provider_id': provider.id, 'claim': 'groups', 'value': value, 'role': role}})
for login, number, group in (({login!r}, {person!r}, 'base.group_user'), ('paul', {outsider!r}, 'base.group_portal')):
    env['res.users'].create({{
        'name': login, 'login': login, 'oauth_provider_id': provider.id, 'oauth_uid': number,
        'group_ids': [(6, 0, env.ref(group).ids)]}})
print('>>>')
print(provider.id)
"""
ROLES = """
SELECT d.name FROM res_groups_users_rel r JOIN res_users u ON u.id = r.uid
  JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid AND d.module = 'healthcare_interop'
 WHERE u.login = %s ORDER BY d.name
"""
ENTRIES = """
SELECT action, outcome, details FROM interop_audit_entry
 WHERE id > %s AND action IN ('signed_in', 'rights_changed') ORDER BY id
"""


class Browser:
    """Somebody who presses the provider's button on Odoo's page."""

    def __init__(self, url):
        self._url, self._session = url, requests.Session()

    def sign_in(self):
        """Whether she is in; the address where she ended."""
        page = self._session.get(f"{self._url}/web/login", timeout=60).text
        links = [unescape(one) for one in re.findall(r'href="(http[^"]*/authorize\?[^"]*)"', page)]
        if len(links) != 1:
            raise console.Failure(f"{len(links)} buttons on the page")
        sent = self._session.get(links[0], allow_redirects=False, timeout=60)
        if sent.status_code != 302:
            raise console.Failure(f"the provider says {sent.status_code} {sent.text[:200]}")
        # what Odoo's page does with a fragment
        back = sent.headers["Location"].replace("#", "?", 1)
        landed = self._session.get(back, timeout=120)
        return self._user() is not None, urlsplit(landed.url)

    def _user(self):
        body = {"jsonrpc": "2.0", "method": "call", "params": {}}
        told = self._session.post(
            f"{self._url}/web/session/get_session_info", json=body, timeout=60
        ).json()
        return told.get("result", {}).get("uid")


class Trial:
    def __init__(self, odoo, provider):
        self._odoo, self._provider = odoo, provider
        self.broken, self.tried = [], 0

    def expect(self, words, roles, entries, *, login=LOGIN, comes_in=True, **claims):
        """One sign-in: who comes in, with which roles, and what is on record of it."""
        self.tried += 1
        self._provider.person = PERSON if login == LOGIN else OUTSIDER
        self._provider.claims = claims
        newest = self._odoo.scalar("SELECT COALESCE(max(id), 0) FROM interop_audit_entry")
        is_in, landed = Browser(f"http://127.0.0.1:{self._odoo.port}").sign_in()
        if is_in != comes_in:
            self.broken.append(f"{words}: came in is {is_in}, at {landed.path}?{landed.query}")
        found = [row[0].removeprefix("group_") for row in self._odoo.query(ROLES, login)]
        if found != sorted(roles):
            self.broken.append(f"{words}: holds {found}")
        told = [tuple(row[:2]) for row in self._odoo.query(ENTRIES, newest)]
        if sorted(told) != sorted(entries):
            self.broken.append(f"{words}: on record is {told}")
        shown = [json.loads(row[2]) for row in self._odoo.query(ENTRIES, newest)]
        console.note(f"{words}: {'in' if is_in else 'refused'}, {found or 'no role'}, {shown}")

    def all(self, when):
        signed, changed = ("signed_in", "success"), ("rights_changed", "success")
        refused = ("signed_in", "refused")
        self.expect(f"{when}, a group", ["operator"], [signed, changed], groups=[LINES[0][0]])
        self.expect(f"{when}, again", ["operator"], [signed], groups=[LINES[0][0], "others"])
        both = [value for value, _role in LINES]
        self.expect(
            f"{when}, two groups", ["operator", "payload_reader"], [signed, changed], groups=both
        )
        self.expect(
            f"{when}, unreadable",
            ["operator", "payload_reader"],
            [refused],
            comes_in=False,
            groups={"a": 1},
        )
        self.expect(
            f"{when}, too many groups",
            ["operator", "payload_reader"],
            [refused],
            comes_in=False,
            _claim_names={"groups": "src1"},
        )
        self.expect(
            f"{when}, one is taken away", ["payload_reader"], [signed, changed], groups=both[1]
        )
        self.expect(f"{when}, no claim", [], [signed, changed])
        self.expect(f"{when}, from outside", [], [signed], login="paul", groups=both)


def install(odoo, module):
    """As somebody presses it in Apps: in the process that runs."""
    person, model = Person(odoo), "ir.module.module"
    person.call(model, "update_list")
    [number] = person.call(model, "search", [["name", "=", module]])
    person.call(model, "button_immediate_install", [number])


def other_audience(trial, provider):
    """A token that another application of the same provider was given: its holder must not come in with it."""
    provider.userinfo = {"aud": "wiki", "groups": [LINES[0][0]]}
    trial.expect("a token of another application", [], [("signed_in", "refused")], comes_in=False)
    provider.userinfo = None


def provider_values(flow, provider):
    values = {
        "name": "Trial",
        "client_id": CLIENT,
        "enabled": True,
        "body": "Sign in",
        "scope": "openid profile email",
        "auth_endpoint": f"{provider.issuer}/authorize",
        "validation_endpoint": f"{provider.issuer}/userinfo",
    }
    if flow == "code":
        values |= {
            "flow": "id_token_code",
            "client_secret": SECRET,
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/jwks",
        }
    return values


def main():
    options = run.options(__doc__, flow=(str, "implicit", f"one of {', '.join(FLOWS)}"))
    own = {"proxy_mode": False}
    template = templates.PLAIN
    if options.flow == "code":
        packages = python_env.extra(HERE / "sign_in.txt")
        folders = [packages / "odoo" / "addons", *map(Path, instance.odoo.addons_path())]
        own["addons_path"] = ",".join(map(str, folders))
        template = templates.Template(python=packages)
    with contextlib.ExitStack() as stack:
        stack.enter_context(instance.prepared(keep=options.keep_template))
        one = stack.enter_context(
            instance.started(
                "sign_in",
                keep_database=options.keep_database,
                workers=0,
                template=template,
                options=own,
            )
        )
        address = f"http://127.0.0.1:{one.port}/auth_oauth/signin"
        provider = stack.enter_context(Provider(CLIENT, SECRET, address).serving())
        with console.step(f"installing {FLOWS[options.flow]} while Odoo runs"):
            install(one, FLOWS[options.flow])
        values = provider_values(options.flow, provider)
        one.script(
            PREPARE.format(
                values=values, lines=LINES, login=LOGIN, person=PERSON, outsider=OUTSIDER
            )
        )
        trial = Trial(one, provider)
        trial.all("installed just now")
        with console.step("Odoo: starting again"):
            one.stop()
            one.start()
        trial.all("started again")
        if options.flow == "implicit":
            other_audience(trial, provider)
    if not trial.tried:
        trial.broken.append("nothing was tried")
    run.finish("sign_in", trial.broken, {"flow": options.flow, "sign_ins": trial.tried})


if __name__ == "__main__":
    main()
