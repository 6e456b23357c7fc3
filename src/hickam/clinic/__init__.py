"""Clinical judgement: probabilities and the pack's rules -> tiers, urgency, route, plan. Pure."""
