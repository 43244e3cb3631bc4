"""What an App Engine app must say to send its calls through a connector."""


def app_yaml(connector_id: str) -> str:
    """The lines of app.yaml that send an app's private traffic through a connector.

    Args:
        connector_id: `projects/P/locations/R/connectors/N`.
    """
    return f"vpc_access_connector:\n  name: {connector_id}\n  egress_setting: private-ranges-only\n"
