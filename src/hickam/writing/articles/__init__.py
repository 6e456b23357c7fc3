"""Articles from the pack: one builder for the terminal, Markdown, HTML pages, the web and the static site."""
