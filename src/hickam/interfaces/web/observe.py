"""What the operator sees of requests: counts and times for Prometheus, spans for OpenTelemetry, lines of an access log.

All of it names the route ('/cases/{id}'), the method and the status; never an address, a query, a body or an error's
text, which may hold a patient's words.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

access = logging.getLogger("hickam.access")
tracer = trace.get_tracer("hickam.web")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5.0, 20.0)


@dataclass
class Seen:
    """One request as it is observed; ``status`` is filled in when the answer begins."""

    method: str
    route: str
    status: int = 499


class Observer:
    """The counters of one application. ``access_log`` writes a line a request to the logger hickam.access."""

    def __init__(self, *, access_log: bool = False) -> None:
        self.access_log = access_log
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("hickam_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "hickam_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.running = Gauge("hickam_requests_running", "Requests being answered now.", registry=self.registry)
        ProcessCollector(registry=self.registry)

    @contextlib.contextmanager
    def watch(self, method: str, route: str) -> Iterator[Seen]:
        """Observe one request. A status that is never set means that the client went away (499)."""
        seen = Seen(method if method in METHODS else "other", route or "(none)")
        begun = time.perf_counter()
        self.running.inc()
        with tracer.start_as_current_span(
            f"{seen.method} {seen.route}",
            kind=SpanKind.SERVER,
            attributes={"http.request.method": seen.method, "http.route": seen.route},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield seen
            finally:
                taken = time.perf_counter() - begun
                span.set_attribute("http.response.status_code", seen.status)
                if seen.status >= 500:
                    span.set_status(StatusCode.ERROR)
                self.running.dec()
                self.requests.labels(seen.method, seen.route, str(seen.status)).inc()
                self.seconds.labels(seen.route).observe(taken)
                if self.access_log:
                    access.info("%s %s %d %.0f ms", seen.method, seen.route, seen.status, 1000 * taken)

    def exposition(self) -> bytes:
        """The counters in Prometheus' text format."""
        return generate_latest(self.registry)
