import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const SAMPLE = JSON.stringify({
    type: "test.patient.updated.v1",
    id: "tour-1",
    source: "tour",
    data: { identifiers: [{ value: "TOUR-1", system: "MRN", type: "MR" }], name: "Tina Tour" },
});

registry.category("web_tour.tours").add("interop_try_sample", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='healthcare_interop.menu_root']",
            run: "click",
        },
        {
            content: "It opens on the systems as cards",
            trigger: ".o_kanban_record:contains('Test EHR')",
        },
        {
            content: "Open the configuration",
            trigger: "button[data-menu-xmlid='healthcare_interop.configuration_menu']",
            run: "click",
        },
        {
            content: "Open the endpoints",
            trigger: "a[data-menu-xmlid='healthcare_interop.endpoint_menu']",
            run: "click",
        },
        {
            content: "Open the one that takes JSON",
            trigger: ".o_data_cell:contains('Test json')",
            run: "click",
        },
        {
            content: "Its address is there to be copied",
            trigger: ".o_field_widget[name='url'] .o_clipboard_button",
        },
        {
            content: "Try a sample",
            trigger: "button[name='action_try_sample']",
            run: "click",
        },
        {
            content: "Paste a message",
            trigger: ".modal .o_interop_sample textarea",
            run: `edit ${SAMPLE}`,
        },
        {
            content: "Ask",
            trigger: ".modal .o_interop_try_button",
            run: "click",
        },
        {
            content: "See the patient it would make",
            trigger: ".modal .o_interop_trial .card:contains('Tina Tour')",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains('Close')",
            run: "click",
        },
        {
            content: "Back on the endpoint",
            trigger: "body:not(:has(.modal)) .o_form_view button[name='action_try_sample']",
        },
    ],
});
