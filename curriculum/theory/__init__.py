"""What notes are called and what they make together: pure, and proven equal to music21 by the tests."""
