"""Which processor "auto" takes: each is tried once in a process of its own, and has to agree with
the CPU."""
