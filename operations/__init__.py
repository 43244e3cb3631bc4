"""What an operator runs beside the cdktf command: `review` and `app_yaml`."""
