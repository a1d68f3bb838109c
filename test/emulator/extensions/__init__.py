"""What the emulator does beyond moto, or as AWS does it."""
