"""Rules of subsidies as data: what they say of firm, class or person, and what is wrong with them."""
