"""A question and what is known to a cited answer: claims, retrieval, understanding, composing, checking. Pure."""
