"""Documents on their way to a draft: read for their words in memory, screened, handed back, and forgotten."""
