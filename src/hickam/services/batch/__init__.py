"""Cases by the million: Arrow record batches in, record batches out, from files or on a Spark cluster."""
