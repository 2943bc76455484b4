import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useState, xml } from "@odoo/owl";

/**
 * Asks the server to try the sample, without saving the form: what is pasted must reach no table.
 */
export class TryButton extends Component {
    static template = xml`
        <button type="button" class="btn btn-primary o_interop_try_button my-2" data-hotkey="q"
                t-att-disabled="state.isBusy" t-on-click="onClick">
            <i t-if="state.isBusy" class="fa fa-spinner fa-spin me-1"/>Try it
        </button>`;
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ isBusy: false });
    }

    async onClick() {
        this.state.isBusy = true;
        const { record } = this.props;
        try {
            await record.update({ asked: record.data.asked + 1 });
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("interop_try_button", { component: TryButton });
