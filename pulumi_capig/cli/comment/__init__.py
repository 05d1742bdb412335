"""`capig comment`: what reviewers of a change have to know, as Markdown for a pull request."""
