{
    "name": "Healthcare Interop: a worker that dies right after it has revoked",
    "summary": "For benchmarks/rotation.py. Never load it outside a benchmark.",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Healthcare Interop contributors",
    "website": "https://example.org/healthcare_interop",
    "category": "Hidden",
    "depends": ["healthcare_interop"],
    "installable": True,
}
