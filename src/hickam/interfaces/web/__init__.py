"""The web workbench and the REST API: read a request, call a service, answer. Nothing is stored and nothing is logged
but reference numbers. Needs FastAPI, uvicorn and Jinja2 (``pip install 'hickam[web]'``)."""
