"""A hundred thousand audit entries: written, sealed, verified in less than ten seconds, and each tampering named.

python3 benchmarks/audit.py                      100 000 entries
python3 benchmarks/audit.py --entries 5000
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from benchmarks.own_postgres import FOLDER  # noqa: E402

VERIFY_SECONDS = 10
HEADS = FOLDER / "audit.heads"
INSIDE = Path(__file__).with_name("audit_inside.py")


def only_us(odoo):
    """Nobody else seals meanwhile, and heads go to a file."""
    odoo.query("UPDATE ir_cron SET active = FALSE")
    text = odoo.conf.read_text(encoding="utf-8")
    section = "[healthcare_interop]\n"
    line = f"audit_heads = {HEADS}\n"
    text = text.replace(section, section + line) if section in text else f"{text}\n{section}{line}"
    odoo.conf.write_text(text, encoding="utf-8")


def main():
    options = run.options(__doc__, entries=(int, 100_000, "entries"))
    HEADS.unlink(missing_ok=True)
    with instance.running(
        "audit",
        keep=options.keep_template,
        keep_database=options.keep_database,
        workers=1,
        before=only_us,
    ) as odoo:
        code = f"ENTRIES = {options.entries}\n{INSIDE.read_text(encoding='utf-8')}"
        figures = json.loads(odoo.script(code))
    broken = figures.pop("broken")
    if figures["verify_seconds"] >= VERIFY_SECONDS:
        broken.append(f"verified in {figures['verify_seconds']} s")
    run.finish("audit", broken, figures)


if __name__ == "__main__":
    main()
