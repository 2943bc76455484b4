from . import (
    contract,
    mapping,
    concept_map,
    concept_map_file,
    untranslated,
    binding,
    binding_screens,
)
