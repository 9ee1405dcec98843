"""The API of a project, below `/projects/<slug>/api/v1/`: one set of operations for each kind that an app brings."""

from opora.records.api.addresses import addresses, build

api = build()
urlpatterns = addresses(api)
