"""Writing: an order in each form a sales department may send it in, to start from."""
