from . import (
    bind_code,
    discard_deliveries,
    import_concept_map,
    issue_credential,
    survey,
    survey_draft,
    try_sample,
)
