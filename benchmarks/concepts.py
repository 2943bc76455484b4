"""A concept map of fifty thousand lines: how long its file takes in, again, and out, and what a look-up costs.

python3 benchmarks/concepts.py
python3 benchmarks/concepts.py --lines 5000
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402

#: the bars, in seconds and statements
MOST_SECONDS, MOST_STATEMENTS = 20, 0
CODE = """
import datetime, json, time
from odoo.addons.healthcare_interop.core.canonical import Coding

lines, figures = {lines}, {{}}
concept_map = env["interop.concept.map"].create({{"name": "Bench", "code": "bench"}})
text = "code,means,code_system\\n" + "".join(f"C{{n}},M{{n}},urn:s\\n" for n in range(lines))

def timed(name, act):
    began = time.perf_counter()
    result = act()
    env.cr.flush()
    figures[name] = round(time.perf_counter() - began, 3)
    return result

figures["added"] = timed("import", lambda: concept_map._load_csv(text)).added
figures["added_again"] = timed("import_again", lambda: concept_map._load_csv(text)).added
figures["exported"] = timed("export", concept_map._to_csv).count("\\n") - 1
system = env["interop.system"].search([], limit=1)
concepts = timed("compile", lambda: concept_map._concepts(system.id))
today, before = datetime.date.today(), env.cr.sql_log_count
codes = [Coding(f"C{{n}}", "urn:s") for n in range(lines)]
found = timed("look_up_all", lambda: [concepts.translate("bench", one, today) for one in codes])
figures["found"] = sum(one == f"M{{n}}" for n, one in enumerate(found))
figures["statements"] = env.cr.sql_log_count - before
print(">>>")
print(json.dumps(figures))
"""


def main():
    options = run.options(__doc__, lines=(int, 50_000, "in the map"))
    with instance.prepared(keep=options.keep_template):
        one = instance.Instance("concepts", workers=0).create()
        try:
            figures = json.loads(one.script(CODE.format(lines=options.lines)))
        finally:
            one.drop()
    broken = []
    if figures["import"] >= MOST_SECONDS:
        broken.append(f"the import took {figures['import']} s, at most {MOST_SECONDS}")
    if figures["statements"] > MOST_STATEMENTS:
        broken.append(f"{figures['statements']} statements for look-ups")
    for name in ("added", "exported", "found"):
        if figures[name] != options.lines:
            broken.append(f"{name}: {figures[name]} of {options.lines} lines")
    if figures["added_again"]:
        broken.append(f"{figures['added_again']} lines were added twice")
    run.finish("concepts", broken, figures)


if __name__ == "__main__":
    main()
