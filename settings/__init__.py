"""What an environment's file may hold, read and checked before cdktf is imported."""
