"""Playing live: one loop that carries out controls, keeps the output device supplied, and shows what is heard."""
