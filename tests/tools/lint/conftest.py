from tests.model.conftest import build_network

__all__ = ["build_network"]
