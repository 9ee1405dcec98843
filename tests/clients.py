"""A test client that stands inside a project, as a browser of that project does."""

from typing import Any

from django.test import Client, RequestFactory

from opora.people.models import User
from opora.people.sessions import COOKIE, open_session
from opora.tenancy.context import ProjectRef, project


class ProjectClient(Client):
    """Paths without `/projects/…` are the project's own: `client.get("/contacts/")`."""

    def __init__(self, ref: ProjectRef, **options: Any) -> None:
        super().__init__(**options)
        self.project = ref

    def generic(self, method: str, path: str, *args: Any, **options: Any) -> Any:
        """One request. `/projects/…`, `/static/…` and `/healthz` stay as they are."""
        outer = ("/projects/", "/static/", "/healthz", "/readyz")
        if not str(path).startswith(("http://", "https://", *outer)):
            path = self.project.address.rstrip("/") + path
        return super().generic(method, path, *args, **options)

    def sign_in(self, user: User) -> "ProjectClient":
        """Stand signed in as this user from now on, as after the sign-in page."""
        with project(self.project):
            _session, key = open_session(RequestFactory().get("/"), user)
        self.cookies[COOKIE] = key
        self.cookies[COOKIE]["path"] = self.project.address
        return self
