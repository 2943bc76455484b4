import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

const MODEL = "interop.mapping";
const WAIT_MS = 300;
/** What was pasted last, by format: one message feeds several mappings. It is in this page's memory and nowhere else. */
const pasted = {};
const NEW_RULE = {
    id: false,
    key: "",
    target: "",
    source: "",
    transform: "copy",
    argument: "",
    concept_map: "",
    default_value: "",
    required: false,
    origin: "",
};

/**
 * A sample on the left, the rules between, the entity on the right. Every change is tried on the server at once, which
 * stores nothing; what is pasted reaches no table.
 */
export class Workbench extends Component {
    static template = "healthcare_interop.Workbench";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.notification = useService("notification");
        const { params, context } = this.props.action;
        this.mappingId = params?.mapping_id || context?.active_id;
        this.display = { controlPanel: {} };
        this.asked = 0;
        this.state = useState({
            loaded: {},
            rules: [],
            gone: [],
            selected: 0,
            fact: 0,
            sample: "",
            kind: "",
            trial: { places: [], facts: [], error: "", place: "" },
            isChanged: false,
        });
        this.tryLater = useDebounced(() => this.tryNow(), WAIT_MS);
        onWillStart(() => this.load());
    }

    async load() {
        const loaded = await this.orm.call(MODEL, "workbench_load", [[this.mappingId]]);
        Object.assign(this.state, { loaded, rules: loaded.rules, gone: [], isChanged: false });
        if (!this.state.sample) {
            const [test] = loaded.tests;
            const { sample = "", kind = "" } = pasted[loaded.format] || test || {};
            Object.assign(this.state, { sample, kind });
        }
        await this.tryNow();
    }

    async tryNow() {
        if (!this.state.sample.trim()) {
            return;
        }
        const asked = ++this.asked;
        const { sample, rules, kind } = this.state;
        const trial = await this.orm.silent.call(MODEL, "workbench_try", [[this.mappingId]], {
            sample,
            rules,
            kind,
        });
        if (asked === this.asked) {
            // an answer that was overtaken by a later question is old news
            this.state.trial = trial;
            this.state.fact = Math.min(this.state.fact, Math.max(0, trial.facts.length - 1));
        }
    }

    // -- what is shown --

    get fact() {
        return this.state.trial.facts[this.state.fact];
    }

    get groups() {
        const groups = [];
        for (const place of this.state.trial.places) {
            let group = groups.at(-1);
            if (!group || group.name !== place.group) {
                group = { name: place.group, key: groups.length, places: [] };
                groups.push(group);
            }
            group.places.push({ ...place, key: group.places.length, parts: this.partsOf(place) });
        }
        return groups;
    }

    /** The components of an HL7 field, of its first repetition. */
    partsOf(place) {
        if (this.state.loaded.format !== "hl7v2" || place.dropped || !place.value.includes("^")) {
            return [];
        }
        const [first] = place.value.split("~");
        return first
            .split("^")
            .map((value, index) => ({ path: `${place.path}.${index + 1}`, value }))
            .filter((part) => part.value);
    }

    /** Places that rules which act read: "PID-3 + PID-5.1" reads PID-3, PID-5.1 and something of PID-5. */
    get sources() {
        const found = new Set();
        for (const rule of this.state.rules) {
            if (rule.origin !== "off") {
                for (const path of rule.source.split(/[^\w.@[\]-]+/)) {
                    found.add(path);
                    found.add(path.replace(/(-\d+)\.\d+$/, "$1"));
                }
            }
        }
        return found;
    }

    about(name) {
        return this.state.loaded.transforms.find((one) => one.name === name)?.about || "";
    }

    given(index) {
        return this.fact?.rules[index] || { text: "", error: "", unknown: [] };
    }

    reason(place) {
        return place.dropped === "never"
            ? _t("Never stored, whatever a contract allows")
            : _t("No contract allows it");
    }

    allowLabel(place) {
        return _t("Allow %s", place.path);
    }

    // -- what people do --

    onSample(ev) {
        this.state.sample = ev.target.value;
        pasted[this.state.loaded.format] = { sample: ev.target.value, kind: this.state.kind };
        this.tryLater();
    }

    onTest(ev) {
        const test = this.state.loaded.tests[ev.target.value];
        if (test) {
            Object.assign(this.state, { sample: test.sample, kind: test.kind, fact: 0 });
            this.tryNow();
        }
    }

    onRule(rule, name, ev) {
        rule[name] = ev.target.type === "checkbox" ? ev.target.checked : ev.target.value;
        this.touched();
    }

    touched() {
        this.state.isChanged = true;
        this.tryLater();
    }

    /** A place of the tree becomes the source of the rule that is chosen. Of a Bundle, rules read each resource by itself. */
    pick(path) {
        const rule = this.state.rules[this.state.selected];
        if (rule && rule.origin !== "off") {
            rule.source = path.replace(/^entry\[\d+\]\.resource\./, "");
            this.touched();
        }
    }

    /** Arrow keys go from place to place, Home and End to the first and last; the browser presses the chosen one on Enter. */
    onTreeKey(ev) {
        if (!ev.target.classList.contains("o_interop_place")) {
            return;
        }
        const places = [...ev.currentTarget.querySelectorAll(".o_interop_place:not(:disabled)")];
        const here = places.indexOf(ev.target);
        const next = {
            ArrowDown: here + 1,
            ArrowUp: here - 1,
            Home: 0,
            End: places.length - 1,
        }[ev.key];
        if (next !== undefined) {
            ev.preventDefault();
            places[next]?.focus();
        }
    }

    /** Ask what the place is needed for, and read the sample again: what is allowed appears. */
    allow(place) {
        const { format, kind, path } = place.allow;
        this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Allow a place"),
                res_model: "interop.allow.place",
                views: [[false, "form"]],
                target: "new",
                context: { default_format: format, default_kind: kind, default_path: path },
            },
            { onClose: () => this.tryNow() }
        );
    }

    addRule() {
        this.state.rules.push({ ...NEW_RULE });
        this.state.selected = this.state.rules.length - 1;
        this.state.isChanged = true;
    }

    removeRule(index) {
        const [rule] = this.state.rules.splice(index, 1);
        if (rule.id) {
            this.state.gone.push(rule.id);
        }
        this.state.selected = Math.max(0, Math.min(this.state.selected, this.state.rules.length - 1));
        this.touched();
    }

    async save() {
        const { rules, gone } = this.state;
        await this.orm.call(MODEL, "workbench_save", [[this.mappingId]], { rules, gone });
        await this.load();
        this.notification.add(_t("Kept. Messages are mapped by it once it is put in use."), {
            type: "success",
        });
    }

    async drop() {
        await this.load();
    }

    keepAsTest() {
        this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Keep the sample as a test"),
                res_model: "interop.mapping.test",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_mapping_id: this.mappingId,
                    default_sample: this.state.sample,
                    default_kind: this.state.kind,
                },
            },
            { onClose: () => this.load() }
        );
    }
}

registry.category("actions").add("interop_workbench", Workbench);
