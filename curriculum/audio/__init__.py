"""The meter of the portfolio: samples in, numbers out. No web, no tables."""

METER = "Woodshed meter 1"  # name and version; kept with the figures, and known without the packages that measure
