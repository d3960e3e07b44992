"""Long trials of what the store promises; `make soak` runs them whole, the tests run them short."""
