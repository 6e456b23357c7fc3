"""Documents for each reader, from one tree of Jinja templates written in Markdown: text, Markdown, HTML and PDF."""
