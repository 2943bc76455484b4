from . import discard_deliveries, issue_credential, try_sample
