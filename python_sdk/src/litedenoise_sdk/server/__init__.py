"""The SDK as an HTTP service with a page of its own; needs the extra ``server``."""
