"""Errors about phones.

PhoneError
├── AmbiguousPhone     several phones, and none was named
├── NoPhone            no adb, or no such phone
├── UnfitPhone         a phone that cannot be measured, or not now
├── LostPhone          the connection ended; the phone may come back
└── BrokenResult       what the app left behind is no result of this case
"""


class PhoneError(Exception):
    """A phone or its output cannot be used; the message says what to do."""


class AmbiguousPhone(PhoneError):
    """Several phones are connected, and none was named."""


class NoPhone(PhoneError):
    """There is no adb, no phone, or not the one that was named."""


class UnfitPhone(PhoneError):
    """The phone is there, but cannot be measured, or not now."""


class LostPhone(PhoneError):
    """The connection ended."""


class BrokenResult(PhoneError):
    """The app left no result, or not one of this case and model."""
