import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("interop_rotate", {
    steps: () => [
        {
            content: "The secret of today",
            trigger: ".o_form_view .o_field_widget[name='name'] input:value('Interface server')",
        },
        {
            content: "A new one beside it",
            trigger: "button[name='action_rotate']",
            run: "click",
        },
        {
            content: "The old one ends in a week unless somebody says otherwise",
            trigger: ".modal .o_field_widget[name='overlap'] input:value('In a week')",
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
        {
            content: "The old one goes on for a while, and its page says so",
            trigger: "body:not(:has(.modal)) .alert:contains('It is replaced')",
        },
        {
            content: "The sender has changed over",
            trigger: "button[name='action_ask_revoke']",
            run: "click",
        },
        {
            content: "What it would do, in words",
            trigger: ".modal:contains('refused from the moment you press Revoke')",
        },
        {
            content: "The other one is counted",
            trigger: ".modal .o_field_widget[name='others']:contains('1')",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit The sender has changed over",
        },
        {
            content: "Revoke it",
            trigger: ".modal button[name='action_revoke']",
            run: "click",
        },
        {
            content: "For good",
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Revoked')",
        },
        {
            content: "And the history says why",
            trigger: ".o-mail-Chatter:contains('The sender has changed over')",
        },
    ],
});

registry.category("web_tour.tours").add("interop_issue_token", {
    steps: () => [
        {
            content: "A credential for the endpoint",
            trigger: "button:contains('New credential')",
            run: "click",
        },
        {
            content: "Of a sender that a provider vouches for",
            trigger: ".modal .o_field_widget[name='scheme'] input",
            run: "click",
        },
        {
            content: "It has its secret from there",
            trigger: ".o_select_menu_item:contains('OAuth 2 token')",
            run: "click",
        },
        {
            content: "The provider",
            trigger: ".modal .o_field_widget[name='issuer'] input",
            run: "edit https://id.example.org/realm",
        },
        {
            content: "What tokens are meant for",
            trigger: ".modal .o_field_widget[name='audience'] input",
            run: "edit https://odoo.example.org",
        },
        {
            content: "Whom it vouches for",
            trigger: ".modal .o_field_widget[name='client'] input",
            run: "edit lab-engine",
        },
        {
            content: "Issue it",
            trigger: ".modal button[name='action_issue']",
            run: "click",
        },
        {
            content: "Nothing is shown; it stands in the list, by the name of its client",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='credential_ids'] .o_data_row:contains('lab-engine'):contains('Valid')",
        },
    ],
});
