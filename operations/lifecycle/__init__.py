"""Plans, deploys and destroys an environment, or one of its stacks, with the cdktf command."""
