"""What was synthesized, and Terraform as a child process."""
