"""The way to the providers: the only place that opens connections to them."""
