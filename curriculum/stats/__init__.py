"""Figures about a learner's reviewing, worked out when they are asked for: nothing here is stored."""
