from . import bind_code, discard_deliveries, issue_credential, try_sample
