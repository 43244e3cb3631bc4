"""The app.yaml settings that send an App Engine app's calls through a connector."""


def app_yaml(connector_id: str) -> str:
    """The lines of app.yaml that send an app's traffic to private ranges through a connector.

    Args:
        connector_id: the connector as `projects/P/locations/R/connectors/N`.
    """
    return f"vpc_access_connector:\n  name: {connector_id}\n  egress_setting: private-ranges-only\n"
