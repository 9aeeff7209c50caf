"""Small games to take apart: the plane, a game of two numbers, runs made to fail."""
