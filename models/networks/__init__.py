"""The networks: the student, which ships, its teacher, and the student's channels."""
