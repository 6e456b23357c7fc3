"""Editorial review of a pack: what stands where, proposing a change, judging it, releasing what was approved."""
