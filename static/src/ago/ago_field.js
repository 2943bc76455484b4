import { RelativeTime } from "@mail/core/common/relative_time";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDateTime } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, xml } from "@odoo/owl";

/** How long ago; the exact time on hover. */
export class AgoField extends Component {
    static template = xml`<span t-att-title="exact"><RelativeTime datetime="value"/></span>`;
    static components = { RelativeTime };
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }
    get exact() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

registry.category("fields").add("interop_ago", {
    component: AgoField,
    displayName: _t("How long ago"),
    supportedTypes: ["datetime"],
    listViewWidth: [120, 150],
});
