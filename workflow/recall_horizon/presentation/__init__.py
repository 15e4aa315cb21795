"""Presentation: figures, sentences, page and paper, from tables alone."""
