"""Addresses inside a project, after `/projects/<slug>/`: each app brings its own."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include(f"{app}.urls")) for app in settings.OPORA_APPS if find_spec(f"{app}.urls") is not None
]
urlpatterns.append(path("api/v1/", include("config.api")))
if settings.BENCH:
    urlpatterns.append(path("bench/", include("config.bench.floor")))

handler400 = "opora.ui.refusals.bad_request"
handler403 = "opora.ui.refusals.forbidden"
handler404 = "opora.ui.refusals.not_found"
handler500 = "opora.ui.refusals.server_error"

handler404 = "opora.ui.refusals.not_found"
handler403 = "opora.ui.refusals.forbidden"
