"""Books and published inventories of CEADs: quantities, implied factors, comparison."""
