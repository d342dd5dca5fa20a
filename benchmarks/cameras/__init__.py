"""The synthetic cameras beside real ones, and pairs made with them."""
