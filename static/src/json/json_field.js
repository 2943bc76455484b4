import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, xml } from "@odoo/owl";

/** JSON that is stored in one line, to be read: a line for each member. What can't be read is shown as it stands. */
export class JsonField extends Component {
    static template = xml`<pre class="o_interop_code mb-0 small" t-esc="text"/>`;
    static props = { ...standardFieldProps };

    get text() {
        const stored = this.props.record.data[this.props.name] || "";
        try {
            return JSON.stringify(JSON.parse(stored), null, 2);
        } catch {
            return stored;
        }
    }
}

registry.category("fields").add("interop_json", {
    component: JsonField,
    displayName: _t("JSON to be read"),
    supportedTypes: ["text"],
});
