"""The processes of a manager: syncmanagerd, the host of registered types, the custodian."""
