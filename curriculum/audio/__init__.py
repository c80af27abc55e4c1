"""The meter of the portfolio: samples in, numbers out. No web, no tables."""
