"""The four architectures of the brief, each a table or a few variants of one."""
