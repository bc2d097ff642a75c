"""Pages that the app serves: their files, and what browsers are told with them."""
