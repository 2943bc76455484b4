{
    "name": "Healthcare Interop: probes of its benchmark",
    "summary": "The floor, and what people would use instead. Never install it outside a benchmark.",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Healthcare Interop contributors",
    "website": "https://example.org/healthcare_interop",
    "category": "Hidden",
    "depends": ["healthcare_interop", "base_automation"],
    "data": ["security/ir.model.access.csv", "data/queue_job.xml"],
    "installable": True,
}
