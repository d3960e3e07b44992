"""Side-by-side measurements, run by hand and by `make bench`; never part of the tests."""
