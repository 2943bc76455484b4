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

registry.category("web_tour.tours").add("interop_survey", {
    steps: () => [
        {
            content: "What does it send?",
            trigger: "button[name='action_survey']",
            run: "click",
        },
        {
            content: "Look at a sample",
            trigger: ".modal .o_field_widget[name='subject'] input[data-value='sample']",
            run: "click",
        },
        {
            content: "Paste a message",
            trigger: ".modal .o_field_widget[name='sample'] textarea",
            run: `edit ${SAMPLE}`,
        },
        {
            content: "Look",
            trigger: ".modal button[name='action_look']",
            run: "click",
        },
        {
            content: "The places are listed with what becomes of them",
            trigger: ".o_data_row:contains('identifiers.value') .badge:contains('Read by a mapping')",
        },
        {
            content: "Of how many messages of what",
            trigger: ".o_breadcrumb:contains('Test json, messages: 1')",
        },
        {
            content: "No value is",
            trigger: ".o_list_view:not(:contains('Tina Tour'))",
        },
        {
            content: "What a draft reads is not allowed yet",
            trigger: "button[name='action_allow_read']",
            run: "click",
        },
        {
            content: "Nothing is sent there, so it is not chosen beforehand",
            trigger:
                ".modal .o_data_row:contains('born_on'):contains('party.birth_date') .o_data_cell[name='is_chosen'] .o_boolean_toggle:has(input:not(:checked))",
            run: "click",
        },
        {
            content: "Say what it is needed for",
            trigger: ".modal .o_data_row:contains('born_on') .o_data_cell[name='purpose']",
            run: "click",
        },
        {
            content: "In other words than those suggested",
            trigger: ".modal .o_data_cell[name='purpose'] input",
            run: "edit only for claims",
        },
        {
            content: "Allow it",
            trigger: ".modal footer button[name='action_allow']",
            run: "click",
        },
        {
            content: "It is allowed",
            trigger: ".o_notification:contains('Stored from now on')",
        },
        {
            content: "Its codes",
            trigger: "body:not(:has(.modal)) button[name='action_open_codes']",
            run: "click",
        },
        {
            content: "There are none",
            trigger: ".o_view_nocontent:contains('No code was sent')",
        },
    ],
});

const EDITED = JSON.stringify({
    type: "test.patient.updated.v1",
    id: "tour-2",
    source: "tour",
    data: {
        identifiers: [{ value: "TOUR-2", system: "MRN", type: "MR" }],
        name: "Wanda Workbench",
        contacts: [{ kind: "email", value: "wanda@example.org" }],
        diagnosis: "Gout",
    },
});

registry.category("web_tour.tours").add("interop_workbench", {
    steps: () => [
        {
            content: "An adaptation shows the rules that it follows",
            trigger: ".o_field_widget[name='effective_ids'] .o_data_row:contains('Inherited')",
        },
        {
            content: "Open the workbench",
            trigger: "button[name='action_open_workbench']",
            run: "click",
        },
        {
            content: "Paste a message",
            trigger: ".o_interop_tree textarea",
            run: `edit ${EDITED}`,
        },
        {
            content: "What the mapping makes of it is there at once",
            trigger: ".o_interop_entity tr:contains('name'):contains('Wanda Workbench')",
        },
        {
            content: "What is never stored is greyed, with the reason",
            trigger: ".o_interop_place:disabled:contains('diagnosis'):contains('Never stored')",
        },
        {
            content: "Choose the rule for the name",
            trigger: ".o_interop_rule[data-target='name'] .o_interop_source",
            run: "click",
        },
        {
            content: "Go to the first place",
            trigger: ".o_interop_place:contains('contacts[0].value')",
            async run({ anchor, press }) {
                anchor.focus();
                await press("Home");
            },
        },
        {
            content: "Down to another place, over what is never stored, and as far as it goes",
            trigger: ".o_interop_place:focus:contains('identifiers[0].value')",
            async run(helpers) {
                for (const key of ["End", "ArrowDown", "ArrowUp", "ArrowDown"]) {
                    await helpers.press(key);
                }
            },
        },
        {
            content: "Press the place",
            trigger: ".o_interop_place:focus:contains('contacts[0].value')",
            run: "press Enter",
        },
        {
            content: "It is said to be read",
            trigger: ".o_interop_place:contains('contacts[0].value') .visually-hidden",
        },
        {
            content: "The rule reads it",
            trigger:
                ".o_interop_rule[data-target='name'] .o_interop_given:contains('wanda@example.org')",
        },
        {
            content: "The entity says it",
            trigger: ".o_interop_entity tr:contains('name'):contains('wanda@example.org')",
        },
        {
            content: "Keep it",
            trigger: ".o_interop_save:enabled",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_notification:contains('put in use')",
        },
        {
            content: "Back to the mapping",
            trigger: ".o_breadcrumb a:contains('test party')",
            run: "click",
        },
        {
            content: "The difference is the only rule of its own",
            trigger:
                ".o_field_widget[name='effective_ids'] .o_data_row:contains('Changed here'):contains('contacts[0].value')",
        },
        {
            content: "Put it in use",
            trigger: ".o_form_statusbar button:contains('Put in use')",
            run: "click",
        },
        {
            content: "What changes is told; say why",
            trigger: ".modal:contains('contacts[0].value') div[name='note'] input",
            run: "edit Names come as addresses",
        },
        {
            content: "Yes",
            trigger: ".modal footer button:contains('Put in use')",
            run: "click",
        },
        {
            content: "It is in use",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='active_version_id']",
        },
    ],
});

const HAT = JSON.stringify({
    type: "test.patient.updated.v1",
    id: "tour-3",
    source: "tour",
    data: {
        identifiers: [{ value: "TOUR-3", system: "MRN", type: "MR" }],
        name: "Hattie Tour",
        hat_size: "58",
        diagnosis: "Gout",
    },
});

registry.category("web_tour.tours").add("interop_allow_place", {
    steps: () => [
        {
            content: "What goes and what stays?",
            trigger: ".o_form_statusbar button:contains('What goes and what stays')",
            run: "click",
        },
        {
            content: "Say which endpoint reads it",
            trigger: ".modal .o_field_widget[name='endpoint_id'] input",
            run: "edit Test json",
        },
        {
            content: "That one",
            trigger: ".o-autocomplete--dropdown-item a:contains('Test json')",
            run: "click",
        },
        {
            content: "Paste a message",
            trigger: ".modal .o_interop_sample textarea",
            run: `edit ${HAT}`,
        },
        {
            content: "Ask",
            trigger: ".modal .o_interop_try_button",
            run: "click",
        },
        {
            content: "Only what goes",
            trigger: ".modal label:contains('Goes')",
            run: "click",
        },
        {
            content: "What is never stored can't be allowed",
            trigger: ".modal tr:contains('diagnosis'):not(:has(.o_interop_allow_place))",
        },
        {
            content: "The size of the hat can",
            trigger: ".modal tr:contains('hat_size') .o_interop_allow_place",
            run: "click",
        },
        {
            content: "Without a purpose it is not",
            trigger: ".modal .o_interop_allow",
            run: "click",
        },
        {
            content: "Say what it is needed for",
            trigger: ".modal .o_field_invalid[name='purpose'] input",
            run: "edit to order hats",
        },
        {
            content: "Allow it",
            trigger: ".modal .o_interop_allow",
            run: "click",
        },
        {
            content: "It stays, by the contract, for that purpose",
            trigger: ".modal tr.o_interop_kept:contains('hat_size'):contains('to order hats'):not(:visible)",
        },
        {
            content: "What goes is still what is shown",
            trigger: ".modal .o_interop_only_dropped:checked",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains('Close')",
            run: "click",
        },
        {
            content: "Back on the contract",
            trigger: "body:not(:has(.modal)) .o_form_view button:contains('What goes and what stays')",
        },
    ],
});
