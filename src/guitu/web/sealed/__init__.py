"""封存: sealing a file, the register of sealings, lawful queries of sealed files."""
