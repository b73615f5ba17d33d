"""The demo: an invented company, its captures, its sign-in and what `make run` starts. No part of the product."""
