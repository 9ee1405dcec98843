"""A small form of the settings: a dialog over the page, or a page where no script runs. Errors keep what was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from opora.kit.errors import Invalid
from opora.ui import htmx
from opora.ui.render import page, part


def ask(
    request: HttpRequest,
    fields: str,
    context: Mapping[str, Any],
    *,
    save: Callable[[], str],
    back: str,
) -> HttpResponse:
    """Show the form `fields`, or carry out `save`, whose words become the toast of the page `back`.

    `context` gives `title`, `item` (of the settings' navigation), `values` and whatever `fields` needs.
    """
    errors: dict[str, list[str]] = {}
    values = dict(context.get("values", {}))
    if request.method == "POST":
        try:
            words = save()
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
            values |= request.POST.dict()
        else:
            return htmx.redirect(request, back, words)
    shown = {
        **context,
        "values": values,
        "errors": errors,
        "fields": fields,
        "back": back,
        "settings_item": context["item"],
        "action": request.get_full_path(),
    }
    status = 422 if errors else 200
    if htmx.is_fragment(request):
        response = part(request, "shell/ask_dialog.html", shown, status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialogs", "innerHTML"
        return response
    return page(request, "shell/ask.html", shown, status=status)
