"""Words for each reader. Every number written here comes from the assessment it is given."""
