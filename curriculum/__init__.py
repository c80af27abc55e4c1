"""The learner's side: lessons, cards and reviews."""
