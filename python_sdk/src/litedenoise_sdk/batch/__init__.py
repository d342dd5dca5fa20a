"""Folders of any number of photos: streamed, resumed where they stopped, on one machine or many."""
