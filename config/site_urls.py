"""Addresses of the site around the projects."""

from django.urls import include, path

urlpatterns = [path("", include("opora.platform.site_urls"))]

handler400 = "opora.ui.refusals.bad_request"
handler403 = "opora.ui.refusals.forbidden"
handler404 = "opora.ui.refusals.not_found"
handler500 = "opora.ui.refusals.server_error"
