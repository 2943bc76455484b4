from . import connectors, controllers, entities, models, wizards


def uninstall_hook(env):
    """Functions of triggers outlive the tables they watched."""
    env.cr.execute(
        "DROP FUNCTION IF EXISTS interop_endpoint_revise(), interop_credential_revise() CASCADE"
    )
