"""Vendors' neural processors without the phone: their compilers, and Qualcomm's emulation."""
