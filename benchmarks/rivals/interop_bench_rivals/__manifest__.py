{
    "name": "Healthcare Interop: what its benchmark compares with",
    "summary": "The same messages through OCA's endpoint and EDI framework. Never install it outside a benchmark.",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Healthcare Interop contributors",
    "website": "https://example.org/healthcare_interop",
    "category": "Hidden",
    "depends": ["interop_bench", "endpoint", "edi_core_oca", "edi_queue_oca"],
    "installable": True,
}
