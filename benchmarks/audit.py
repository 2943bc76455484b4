"""A hundred thousand audit entries: written, sealed, verified in less than ten seconds, and each tampering named.

Before that, one entry is recorded in a running Odoo, and waits for its seal for a minute at most.

python3 benchmarks/audit.py                      100 000 entries
python3 benchmarks/audit.py --entries 5000
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from benchmarks.own_postgres import FOLDER  # noqa: E402

VERIFY_SECONDS = 10
SEAL_SECONDS = 60
HEADS = FOLDER / "audit.heads"
INSIDE = Path(__file__).with_name("audit_inside.py")


RECORD = """
from odoo.addons.healthcare_interop.core.audit import Act
env['interop.audit']._record([Act('changed')])
"""

#: of the newest entry, which the newest seal closed
WAITED = """
SELECT round(extract(epoch FROM (SELECT max(sealed_at) FROM interop_audit_seal) - (SELECT max(at) FROM interop_audit_entry)), 2)
"""


def with_heads(odoo):
    """Heads go to a file."""
    text = odoo.conf.read_text(encoding="utf-8")
    section = "[healthcare_interop]\n"
    line = f"audit_heads = {HEADS}\n"
    text = text.replace(section, section + line) if section in text else f"{text}\n{section}{line}"
    odoo.conf.write_text(text, encoding="utf-8")


def seconds_to_seal(odoo):
    """How long a recorded entry waited for its seal; twice the most if none came."""
    odoo.script(RECORD)
    until = time.monotonic() + 2 * SEAL_SECONDS
    while odoo.scalar("SELECT count(*) FROM interop_audit_unsealed"):
        if time.monotonic() > until:
            return 2 * SEAL_SECONDS
        time.sleep(0.1)
    return float(odoo.scalar(WAITED))


def main():
    options = run.options(__doc__, entries=(int, 100_000, "entries"))
    HEADS.unlink(missing_ok=True)
    with instance.running(
        "audit",
        keep=options.keep_template,
        keep_database=options.keep_database,
        workers=1,
        before=with_heads,
    ) as odoo:
        waited = seconds_to_seal(odoo)
        # nobody else seals from here on
        odoo.query("UPDATE ir_cron SET active = FALSE")
        code = f"ENTRIES = {options.entries}\n{INSIDE.read_text(encoding='utf-8')}"
        figures = json.loads(odoo.script(code))
    broken = figures.pop("broken")
    figures["waited_for_seal_seconds"] = waited
    if waited > SEAL_SECONDS:
        broken.append(f"an entry waited {waited} s for its seal")
    if figures["verify_seconds"] >= VERIFY_SECONDS:
        broken.append(f"verified in {figures['verify_seconds']} s")
    run.finish("audit", broken, figures)


if __name__ == "__main__":
    main()
