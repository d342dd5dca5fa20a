"""Latency on phones, measured by the Android app and fetched through adb."""
