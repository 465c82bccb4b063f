"""A function led by one caller: who is refused, and on what grounds."""
