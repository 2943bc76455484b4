import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** The sender's own message: the test has put it there, since no file of other people's lies in this repository. */
const sample = () => sessionStorage.getItem("interop_sample");
const paste = (helpers) => helpers.edit(sample());

const openMenu = (section, entry) => [
    {
        content: `Open ${section}`,
        trigger: `button[data-menu-xmlid='healthcare_interop.${section}']`,
        run: "click",
    },
    {
        content: `Open ${entry}`,
        trigger: `a[data-menu-xmlid='healthcare_interop.${entry}']`,
        run: "click",
    },
];

const fill = (name, text) => ({
    content: `Fill ${name}`,
    trigger: `.o_field_widget[name='${name}'] :is(input, textarea)`,
    run: `edit ${text}`,
});

const choose = (name, label) => [
    {
        content: `Open the choices of ${name}`,
        trigger: `.o_field_widget[name='${name}'] input`,
        run: "click",
    },
    {
        content: `Choose ${label}`,
        trigger: `.o_select_menu_item:contains(${label})`,
        run: "click",
    },
];

const look = () => [
    {
        content: "What does it send?",
        trigger: "button[name='action_survey']",
        run: "click",
    },
    {
        content: "A sample of it",
        trigger: ".modal .o_field_widget[name='subject'] input[data-value='sample']",
        run: "click",
    },
    {
        content: "Paste the message",
        trigger: ".modal .o_field_widget[name='sample'] textarea",
        run: paste,
    },
    {
        content: "Look",
        trigger: ".modal button[name='action_look']",
        run: "click",
    },
];

const putInUse = (why) => [
    {
        content: "Put it in use",
        trigger: ".o_form_statusbar button:contains('Put in use')",
        run: "click",
    },
    {
        content: "It maps no message yet; say why it shall",
        trigger: ".modal:contains('maps no message yet') div[name='note'] input",
        run: `edit ${why}`,
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
];

registry.category("web_tour.tours").add("interop_new_sender", {
    steps: () => [
        // the system
        {
            content: "A new system",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        fill("name", "Admissions desk"),
        fill("code", "desk"),
        ...stepUtils.saveForm(),
        {
            content: "Its endpoints",
            trigger: "button[name='action_open_endpoints']",
            run: "click",
        },
        // the endpoint
        {
            content: "What an endpoint is, is told",
            trigger: ".o_view_nocontent",
        },
        {
            content: "A new endpoint",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "It is this system's",
            trigger: ".o_field_widget[name='system_id'] input:value('Admissions desk')",
        },
        fill("name", "Admissions in HL7"),
        ...choose("format", "HL7 v2"),
        fill("facility_id", "Fifty"),
        {
            content: "The facility is new, too",
            trigger: ".o_m2o_dropdown_option_create_edit a",
            run: "click",
        },
        {
            content: "How its messages name it",
            trigger: ".modal .o_field_widget[name='code_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "050",
            trigger: ".modal .o_selected_row .o_field_widget[name='code'] input",
            run: "edit 050",
        },
        {
            content: "Keep the facility",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='facility_id'] input:value('Fifty')",
        },
        ...stepUtils.saveForm(),
        {
            content: "Nobody can send yet",
            trigger: ".alert:contains('Nobody can send yet')",
        },
        {
            content: "A secret for the sender",
            trigger: "button:contains('New credential')",
            run: "click",
        },
        {
            content: "Issue it",
            trigger: ".modal button[name='action_issue']",
            run: "click",
        },
        {
            content: "It is shown once",
            trigger: ".modal .o_field_widget[name='secret']:contains('whsec_')",
        },
        {
            content: "Handed over",
            trigger: ".modal footer button:contains('I have copied it')",
            run: "click",
        },
        // what it sends
        ...look(),
        {
            content: "Nothing reads where the patient's name stands, but it is known what it might fill",
            trigger: ".o_data_row:contains('PID-5'):contains('Kept, but not read'):contains('party.name')",
        },
        {
            content: "Choose all of which something is known",
            trigger: ".o_data_row:contains('PID-5') .o_list_record_selector input",
            run() {
                for (const row of document.querySelectorAll(".o_data_row")) {
                    if (row.querySelector("td[name='hints']").textContent.trim()) {
                        row.querySelector(".o_list_record_selector input").click();
                    }
                }
            },
        },
        {
            content: "Draft mappings of them",
            trigger: "button[name='action_draft_mapping']",
            run: "click",
        },
        // the patient: as drafted
        {
            content: "The one of patients",
            trigger: ".o_data_cell:contains('ADT^A01: Patients and parties')",
            run: "click",
        },
        {
            content: "To the workbench",
            trigger: "button[name='action_open_workbench']",
            run: "click",
        },
        {
            content: "Paste the message",
            trigger: ".o_interop_tree textarea",
            run: paste,
        },
        {
            content: "The patient is read",
            trigger: ".o_interop_entity tr:contains('name'):contains('JOHN')",
        },
        {
            content: "Back to the mapping",
            trigger: ".o_breadcrumb a:contains('Patients and parties')",
            run: "click",
        },
        ...putInUse("Patients of the admissions desk"),
        {
            content: "Back to the drafts",
            trigger: ".o_breadcrumb a:contains('Drafts of mappings')",
            run: "click",
        },
        // the visit: this sender has the time of admission somewhere else
        {
            content: "The one of encounters",
            trigger: ".o_data_cell:contains('ADT^A01: Encounters')",
            run: "click",
        },
        {
            content: "To the workbench",
            trigger: "button[name='action_open_workbench']",
            run: "click",
        },
        {
            content: "The message is still there; the visit began two years after its news",
            trigger: ".o_interop_rule[data-target='period'] .o_interop_given:contains('2014')",
        },
        {
            content: "Nobody knows its class of visits",
            trigger:
                ".o_interop_rule[data-target='encounter_class'] .o_interop_given:contains('no meaning for ff')",
        },
        {
            content: "Choose the rule",
            trigger: ".o_interop_rule[data-target='period'] .o_interop_source",
            run: "click",
        },
        {
            content: "Read it where the event's time stands",
            trigger: ".o_interop_place:contains('EVN-2')",
            run: "click",
        },
        {
            content: "The visit begins with its news",
            trigger: ".o_interop_entity tr:contains('period'):contains('2012')",
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
            trigger: ".o_breadcrumb a:contains('Encounters')",
            run: "click",
        },
        ...putInUse("Visits of the admissions desk"),
        // its codes
        ...openMenu("configuration_menu", "endpoint_menu"),
        {
            content: "The endpoint",
            trigger: ".o_data_cell:contains('Admissions in HL7')",
            run: "click",
        },
        ...look(),
        {
            content: "The name is read now",
            trigger: ".o_data_row:contains('PID-5'):contains('Read by a mapping')",
        },
        {
            content: "Its codes",
            trigger: "button[name='action_open_codes']",
            run: "click",
        },
        {
            content: "A class of visits that nobody knows",
            trigger: ".o_data_row:contains('encounter_class'):contains('ff')",
        },
        {
            content: "Say what it means",
            trigger: "button[name='action_translate']",
            run: "click",
        },
        {
            content: "It is listed, with what codes mean here",
            trigger:
                ".o_data_row:contains('ff'):has(td[name='meanings']:contains('inpatient')) td[name='target_code']",
            run: "click",
        },
        {
            content: "An inpatient",
            trigger: ".o_selected_row .o_field_widget[name='target_code'] input",
            run: "edit inpatient",
        },
        {
            content: "Keep the line",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "Choose it",
            trigger:
                ".o_data_row:has(td[name='target_code']:contains('inpatient')) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Translate",
            trigger: "button[name='action_translate']",
            run: "click",
        },
        {
            content: "It is understood",
            trigger: ".o_view_nocontent:contains('Every code that came is understood')",
        },
        // live
        ...openMenu("configuration_menu", "endpoint_menu"),
        {
            content: "The endpoint",
            trigger: ".o_data_cell:contains('Admissions in HL7')",
            run: "click",
        },
        {
            content: "Start testing",
            trigger: ".o_form_statusbar button:contains('Start testing')",
            run: "click",
        },
        {
            content: "Go live",
            trigger: ".o_form_statusbar button:contains('Go live')",
            run: "click",
        },
        {
            content: "Yes, live",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is live",
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Live')",
        },
    ],
});

registry.category("web_tour.tours").add("interop_new_sender_place", {
    steps: () => [
        {
            content: "A place that nobody knows",
            trigger: ".o_data_cell:contains('yyy')",
            run: "click",
        },
        {
            content: "Say what it is",
            trigger: "button[name='action_bind']",
            run: "click",
        },
        {
            content: "It is a ward of ours",
            trigger: ".modal .o_field_widget[name='location_id'] input",
            run: "edit Ward Y",
        },
        {
            content: "This one",
            trigger: ".ui-menu-item a:contains('Ward Y')",
            run: "click",
        },
        {
            content: "Go on with all that waited",
            trigger: ".modal button[name='action_bind']",
            run: "click",
        },
        {
            content: "Nothing is asked any more",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("interop_new_sender_staff", {
    steps: () => [
        {
            content: "Somebody whom nobody knows, and who is not named",
            trigger: ".o_data_cell:contains('attending')",
            run: "click",
        },
        {
            content: "The route decides about them",
            trigger: ".o_field_widget[name='route_id'] a:contains('Encounters')",
            run: "click",
        },
        {
            content: "Its choice",
            trigger: ".o_field_widget[name='unknown_master'] input",
            run: "click",
        },
        {
            content: "Create them",
            trigger: ".o_select_menu_item:contains('Create it')",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "Back to what is stuck",
            trigger: ".o_breadcrumb a:contains('attending')",
            run: "click",
        },
        {
            content: "Try again",
            trigger: ".o_form_statusbar button:contains('Try again')",
            run: "click",
        },
        {
            content: "Nothing is asked any more",
            trigger: ".o_form_view:not(:has(button:contains('Try again')))",
        },
    ],
});
