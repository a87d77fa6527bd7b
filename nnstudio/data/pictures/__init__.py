"""Picture files become Arrow tables: found, decoded on all cores, looked over."""
