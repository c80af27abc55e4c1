"""What the headers of sound files promise, as libsndfile tells it. Without numpy."""

import re

PROMISED = re.compile(r"^ *(?:RIFF|riff|Riff size|FORM|data|SSND) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
