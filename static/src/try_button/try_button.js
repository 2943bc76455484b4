import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { Component, onMounted, onWillUnmount, useRef, useState, xml } from "@odoo/owl";

const ALLOW = "interop.allow.place";

/**
 * Asks the server to try the sample, without saving the form: what is pasted must reach no table.
 */
export class TryButton extends Component {
    static template = xml`
        <button type="button" t-ref="button" class="btn btn-primary o_interop_try_button my-2" data-hotkey="q"
                t-att-disabled="state.isBusy" t-on-click="onClick">
            <i t-if="state.isBusy" class="fa fa-spinner fa-spin me-1"/>Try it
        </button>`;
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ isBusy: false });
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.button = useRef("button");
        this.chosen = {};
        const onPress = (ev) => this.onPress(ev);
        const onChoice = ({ target: { id, name, classList } }) => {
            if (classList.contains("btn-check")) {
                this.chosen[name] = id;
            }
        };
        const outcome = new MutationObserver(() => this.keepChosen());
        // the outcome is the server's: its buttons are heard where they stand
        onMounted(() => {
            this.form = this.button.el.closest(".o_interop_try");
            this.form?.addEventListener("click", onPress);
            this.form?.addEventListener("change", onChoice);
            this.form && outcome.observe(this.form, { childList: true, subtree: true });
        });
        onWillUnmount(() => {
            outcome.disconnect();
            this.form?.removeEventListener("click", onPress);
            this.form?.removeEventListener("change", onChoice);
        });
    }

    /** Ask what a dropped place is needed for, and try again: what is allowed stays. */
    onPress(ev) {
        const place = ev.target.closest(".o_interop_allow_place");
        if (!place) {
            return;
        }
        const { format, kind, path } = place.dataset;
        this.dialog.add(FormViewDialog, {
            resModel: ALLOW,
            title: _t("Allow a place"),
            canExpand: false,
            context: {
                default_format: format,
                default_kind: kind,
                default_path: path,
                form_view_ref: "healthcare_interop.allow_place_view_dialog",
            },
            onRecordSaved: async (record) => {
                await this.orm.call(ALLOW, "action_allow", [[record.resId]]);
                await this.onClick();
            },
        });
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

    /** What was chosen to be seen of the outcome stays chosen when the server sends it anew. */
    keepChosen() {
        const seen = this.form.getElementsByClassName("btn-check");
        for (const name of Object.keys(this.chosen)) {
            const input = seen.namedItem(this.chosen[name]);
            if (input && !input.checked) {
                input.checked = true;
            }
        }
    }
}

registry.category("view_widgets").add("interop_try_button", { component: TryButton });
