from . import (
    adapt_mapping,
    allow_place,
    allow_read,
    bind_code,
    configuration_file,
    copy_configuration,
    discard_deliveries,
    import_concept_map,
    issue_credential,
    survey,
    survey_draft,
    try_sample,
)
