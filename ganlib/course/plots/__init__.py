"""Figures that one notebook alone needs."""
