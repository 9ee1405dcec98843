"""The front door: where a person says which firm he belongs to. It tells nobody which firms there are."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from opora.people.guards import public
from opora.tenancy.middleware import PREFIX
from opora.tenancy.slugs import is_slug
from opora.ui.render import page


@public
def welcome(request: HttpRequest) -> HttpResponse:
    """The form, or the way to the project that was typed; whether it exists is seen there."""
    typed = request.GET.get("project", "").strip().lower()
    if is_slug(typed):
        return HttpResponseRedirect(f"{PREFIX}{typed}/")
    problem = _("An address has 2 to 40 Latin letters, digits and hyphens.") if typed else ""
    context = {"typed": typed, "problems": [problem] if problem else []}
    return page(request, "platform/welcome.html", context, status=422 if problem else 200)
