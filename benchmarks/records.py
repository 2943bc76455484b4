"""Taking and comparing the final business records of two databases."""

import json
from pathlib import Path

CODE = Path(__file__).with_name("snapshot.py")
TELL = "\nimport json\nprint('>>>')\nprint(json.dumps(snapshot(env), default=str))\n"
TRY_AGAIN = """
failed = env['interop.delivery'].search([('state', '=', 'failed')])
failed._try_again()
print('>>>')
print(len(failed))
"""
WATCH = """
env['interop.route']._cron_watchdog()
# in its own time it looks again after minutes
env['interop.payment.allocation'].search([('look_at', '!=', False)])._match()
print('>>>')
"""


def take(instance):
    """``{model: {name of record: {field: value}}}`` (see ``snapshot.py``)."""
    return json.loads(instance.script(CODE.read_text(encoding="utf-8") + TELL))


def try_again(instance):
    """What a person does with failed deliveries; how many there were."""
    return int(instance.script(TRY_AGAIN))


def watch(instance):
    """What the watchdog does every minute, or after some, now."""
    instance.script(WATCH)


def count(records):
    return {model: len(ones) for model, ones in records.items() if ones}


def differences(one, other):
    """Every difference as a line: records that only one has, and fields that differ."""
    for model in one:
        here, there = one[model], other.get(model, {})
        for name in sorted(here.keys() - there.keys()):
            yield f"{model}: only in the first: {name}"
        for name in sorted(there.keys() - here.keys()):
            yield f"{model}: only in the second: {name}"
        for name in sorted(here.keys() & there.keys()):
            yield from _fields(f"{model}: {name}", here[name], there[name])


def _fields(name, here, there):
    for field in sorted(here):
        if here[field] != there.get(field):
            yield f"{name}: {field}: {here[field]!r}, {there.get(field)!r}"
