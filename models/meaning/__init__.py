from . import contract, mapping, concept_map, binding, binding_screens
