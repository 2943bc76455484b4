"""nginx with the blocks of docs/install.md before a real Odoo: what they promise is tried, and what a stranger might try.

Two workers. The blocks are taken from the page as they stand; only addresses, files and the known network are this machine's.

    python3 benchmarks/proxy.py
"""

import collections
import configparser
import contextlib
import http.client
import json
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, templates, traffic  # noqa: E402
from benchmarks.person import Person  # noqa: E402
from devkit import certificates, console, nginx, paths, signing  # noqa: E402

PAGE = paths.CHECKOUT / "docs" / "install.md"
SECTION = "healthcare_interop"
TIMEOUT_SECONDS = 60
#: those of the network that the page's second block knows, and anybody else; all of 127.0.0.0/8 is this machine
KNOWN, STRANGER = "127.0.0.1", "127.0.0.9"
#: so many that their bodies would keep both workers
SLOW_SENDERS = 6
MOST_SECONDS_BESIDE_SLOW_SENDERS = 5.0
FLOOD = 120
#: what nginx's own settings must not be
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


# -- the page --


def blocks(language):
    """The code blocks of the page in a language, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def parts(block):
    """``{where: lines}`` of a block whose comments say where its parts go."""
    found = re.split(r"^# in (\S+(?: \S+)?) \{ \}.*$", block, flags=re.M)
    return dict(zip(found[1::2], found[2::2], strict=True))


def put(text, *pairs):
    """Replace what has to be there once."""
    for old, new in pairs:
        if text.count(old) != 1:
            raise console.Failure(f"docs/install.md has {old!r} {text.count(old)} times")
        text = text.replace(old, str(new))
    return text


def configuration(folder, odoo_port, tls_port, plain_port, *, is_limited):
    """What nginx reads: the page's server, and with ``is_limited`` its block against floods as well."""
    server, limits = blocks("nginx")
    around = ""
    server = put(
        server,
        # the second port is what nobody should have: there the proxy says that the way was not private
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls_port} ssl; listen 127.0.0.1:{plain_port};"),
        ("/etc/ssl/interop.example.org.pem", folder / "server.pem"),
        ("/etc/ssl/interop.example.org.key", folder / "server.pem"),
        ("/etc/ssl/senders-ca.pem", folder / "ca.pem"),
        ("http://127.0.0.1:8069", f"http://127.0.0.1:{odoo_port}"),
    )
    if is_limited:
        limit = parts(put(limits, ("10.20.0.0/16", f"{KNOWN}/32")))
        around = limit["http"]
        start = "    location /interop/ {\n"
        server = put(server, (start, f"{limit['server']}{start}{limit['location /interop/']}"))
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    return (
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log {folder}/access.log;\n{temporary}{around}{server}}}\n"
    )


class Proxy:
    """The running nginx."""

    def __init__(self, program, folder, odoo_port):
        self._program, self.folder, self._odoo_port = program, folder, odoo_port
        self.port, self.plain_port = templates.free_ports(2)
        self._process = None

    def start(self, *, is_limited=False):
        self.stop()
        file = self.folder / "nginx.conf"
        ports = (self._odoo_port, self.port, self.plain_port)
        said = configuration(self.folder, *ports, is_limited=is_limited)
        file.write_text(said, encoding="utf-8")
        command = [self._program, "-p", str(self.folder), "-c", str(file)]
        console.run([*command, "-t"])
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return self.ask("/")
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise console.Failure((self.folder / "error.log").read_text()) from None
                time.sleep(0.05)

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def connect(self, *, certificate="", address=KNOWN, is_plain=False):
        if is_plain:
            return http.client.HTTPConnection(
                "127.0.0.1", self.plain_port, TIMEOUT_SECONDS, source_address=(address, 0)
            )
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        if certificate:
            context.load_cert_chain(self.folder / certificate)
        return http.client.HTTPSConnection(
            "127.0.0.1",
            self.port,
            timeout=TIMEOUT_SECONDS,
            source_address=(address, 0),
            context=context,
        )

    def ask(self, path, body=None, headers=(), **how):
        """``(status, headers, body)``; POST where there is a body."""
        connection = self.connect(**how)
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


# -- what is tried --


class Trial:
    def __init__(self, odoo, proxy):
        self._odoo, self._proxy = odoo, proxy
        _first, sent, _expected = traffic.countable(400)
        people = [one for one in sent if one.note.startswith("person")]
        [self._code] = {one.endpoint for one in people}
        self._messages = iter(people)
        self._secret = odoo.peers[self._code]["secret"]
        self.broken, self.tried, self.wanted = [], 0, 0
        self.refused = collections.Counter()

    def check(self, words, found, wanted):
        self.tried += 1
        if found != wanted:
            self.broken.append(f"{words}: {found}, and not {wanted}")

    def _post(self, words, wanted, headers=(), *, is_signed=False, **how):
        """One message of its own; ``wanted``: the status, 200 for one that is acknowledged and stored."""
        sent = next(self._messages)
        proof = signing.hmac_headers(self._secret, signing.random_id(), sent.body)
        told = {"Content-Type": sent.content_type, **(proof if is_signed else {}), **dict(headers)}
        status, answered, body = self._proxy.ask(self.address, sent.body, told, **how)
        self.refused[how.get("address", KNOWN)] += status == 401
        self.check(words, status, wanted)
        self.wanted += wanted == 200
        return answered, body

    @property
    def address(self):
        return f"/interop/v1/in/{self._code}"

    def stored(self):
        return self._odoo.scalar("SELECT count(*) FROM interop_message")

    def all(self):
        before = self.stored()
        self.way()
        self.certificate()
        self.bodies()
        self.slow_senders()
        self.check("stored", self.stored() - before, self.wanted)
        self.addresses()
        self.floods()
        self.away()

    def way(self):
        self._post("signed, by https", 200, is_signed=True)
        self._post("signed, by http", 403, is_signed=True, is_plain=True)
        self._post(
            "by http, and says otherwise",
            403,
            {"X-Forwarded-Proto": "https", "Forwarded": "proto=https"},
            is_signed=True,
            is_plain=True,
        )
        self._post("unsigned", 401)
        self._post("names another database", 200, {"X-Odoo-Database": "postgres"}, is_signed=True)
        self._post("names another host", 200, {"X-Forwarded-Host": "elsewhere"}, is_signed=True)
        for path in ("/web/login", "/jsonrpc", "/xmlrpc/2/common", "/json/2/res.users/read"):
            self.check(path, self._proxy.ask(path)[0], 404)
        for path in ("/interop/health/live", "/interop/health/ready"):
            self.check(path, self._proxy.ask(path)[0], 200)

    def certificate(self):
        folder = self._proxy.folder
        pem = (folder / "client.pem").read_text(encoding="ascii").partition("-----BEGIN PRI")[0]
        endpoint = self._odoo.scalar("SELECT id FROM interop_endpoint WHERE code = %s", self._code)
        Person(self._odoo).press(
            "interop.issue.credential",
            "action_issue",
            endpoint_id=endpoint,
            name="Its certificate",
            scheme="mutual_tls",
            certificate=pem,
        )
        self._post("the pinned certificate", 200, certificate="client.pem")
        self._post("another one of the authority", 401, certificate="client2.pem")
        self._post("one of another authority", 400, certificate="stranger.pem")
        written = {"X-Client-Cert": quote(pem, safe=""), "X-Client-Verify": "SUCCESS"}
        self._post("written into the headers", 401, written)
        self._post("with another beside it", 401, written, certificate="client2.pem")
        underscores = {name.replace("-", "_"): value for name, value in written.items()}
        self._post("with underscores", 401, underscores)
        self._post("as RFC 9440 has it", 401, {"Client-Cert": f":{pem}:".replace("\n", "")})
        self._post("by http", 403, written, is_plain=True)

    def bodies(self):
        large = b"x" * (20 * 2**20)
        signed = signing.hmac_headers(self._secret, signing.random_id(), large)
        told = {"Content-Type": "application/hl7-v2", **signed}
        status, headers, _body = self._proxy.ask(self.address, large, told)
        told = headers.get_content_type()
        self.check("larger than the door takes", (status, told), (413, "application/problem+json"))
        with contextlib.suppress(OSError):
            # nginx may close before all is sent
            status = self._proxy.ask(self.address, b"x" * (65 * 2**20))[0]
            self.check("larger than the proxy takes", status, 413)

    def slow_senders(self):
        """They wait in the proxy, and keep no worker."""
        waiting = []
        for _one in range(SLOW_SENDERS):
            sent = next(self._messages)
            proof = signing.hmac_headers(self._secret, signing.random_id(), sent.body)
            connection = self._proxy.connect()
            connection.putrequest("POST", self.address)
            length = {"Content-Length": len(sent.body), "Content-Type": sent.content_type}
            for name, value in (length | proof).items():
                connection.putheader(name, value)
            connection.endheaders(sent.body[:50])
            waiting.append((connection, sent.body[50:]))
        began = time.monotonic()
        self._post("beside slow senders", 200, is_signed=True)
        took = time.monotonic() - began
        self.check("beside slow senders, soon", took < MOST_SECONDS_BESIDE_SLOW_SENDERS, True)
        for connection, rest in waiting:
            connection.send(rest)
            self.check("a slow sender", connection.getresponse().status, 200)
            self.wanted += 1
            connection.close()

    def addresses(self):
        """Who was refused is on record with the address of the sender, not the proxy's, whatever the sender says."""
        self._post(
            "refused, from elsewhere", 401, {"X-Forwarded-For": "203.0.113.9"}, address=STRANGER
        )
        sql = "SELECT array_agg(DISTINCT remote_address) FROM interop_audit_entry WHERE remote_address LIKE '%%.9'"
        until = time.monotonic() + TIMEOUT_SECONDS
        while not (found := self._odoo.scalar(sql)) and time.monotonic() < until:
            time.sleep(0.5)
        self.check("its address", found, [STRANGER])

    def floods(self):
        self._proxy.start(is_limited=True)
        statuses, slower = {KNOWN: [], STRANGER: []}, None
        for address, told in statuses.items():
            for _time in range(FLOOD):
                status, headers, _body = self._proxy.ask(self.address, b"x", address=address)
                told.append(status)
                if status == 429:
                    slower = (headers["Retry-After"], headers.get_content_type())
        self.check("a flood from a known network", set(statuses[KNOWN]), {401})
        self.check("a flood from elsewhere", set(statuses[STRANGER]), {401, 429})
        self.check("too many", slower, ("5", "application/problem+json"))
        self.shut_out(statuses)

    def shut_out(self, statuses):
        """What fail2ban would count: each call that was refused, by the address it came from."""
        [said] = re.findall(r"`failregex = (.*?)`", PAGE.read_text(encoding="utf-8"))
        log = (self._proxy.folder / "access.log").read_text(encoding="utf-8")
        found = re.findall(said.replace("<HOST>", r"(\S+)"), log, re.M)
        for address, told in statuses.items():
            before = self.refused[address]
            self.check(f"failregex, {address}", found.count(address), before + told.count(401))

    def away(self):
        self._proxy.start()
        self._odoo.stop()
        headers, body = self._post("Odoo is away", 503, is_signed=True)
        self.check("when to come back", headers["Retry-After"], "10")
        self.check("in JSON", json.loads(body)["status"], 503)
        self._odoo.start()
        self._post("Odoo is back", 200, is_signed=True)


def as_the_page_says(odoo):
    """The page's settings of the add-on, with the keys of this database and the address of this machine's proxy."""
    said = configparser.ConfigParser(interpolation=None)
    for block in blocks("ini"):
        said.read_string(block)
    own = configparser.ConfigParser(interpolation=None)
    own.read(odoo.conf, encoding="utf-8")
    kept = {"encryption_keys": own[SECTION]["encryption_keys"]}
    here = {"trusted_proxies": "127.0.0.1", "audit_heads": str(odoo.conf.with_suffix(".heads"))}
    own[SECTION] = dict(said[SECTION]) | kept | here
    own["options"]["proxy_mode"] = said["options"]["proxy_mode"]
    own["options"]["list_db"] = said["options"]["list_db"]
    with open(odoo.conf, "w", encoding="utf-8") as file:
        own.write(file)


def main():
    options = run.options(__doc__)
    program, reason = nginx.ensure()
    if not program:
        run.skip("proxy", reason)
    folder = Path(tempfile.mkdtemp(prefix="interop-nginx-"))
    # its workers are somebody else, if we are root
    folder.chmod(0o711)
    try:
        certificates.issue(folder)
        with instance.running(
            "proxy",
            keep=options.keep_template,
            keep_database=options.keep_database,
            workers=2,
            before=as_the_page_says,
        ) as one:
            proxy = Proxy(program, folder, one.port)
            try:
                proxy.start()
                trial = Trial(one, proxy)
                trial.all()
            finally:
                proxy.stop()
    finally:
        shutil.rmtree(folder)
    run.finish("proxy", trial.broken, {"nginx": nginx.version(program), "tried": trial.tried})


if __name__ == "__main__":
    main()
