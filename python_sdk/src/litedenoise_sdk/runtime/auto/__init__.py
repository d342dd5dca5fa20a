"""How "auto" chooses a processor: it tries each one once in a separate process and compares
its result with the CPU's."""
