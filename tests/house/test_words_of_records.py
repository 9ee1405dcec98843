"""Every verb tells its event in words, every field has a name, in each language."""

import pytest
from django.utils import translation

from opora.records.actions import action_for, actions
from opora.records.api.operations import verbs_of
from opora.records.kinds import kinds
from opora.records.sentences import events_of, sentence_of

LANGUAGES = ("ru", "uz")


@pytest.mark.req("T16", "R16.03", "N22")
def test_every_action_has_an_event_with_a_sentence_in_every_language() -> None:
    silent = []
    for kind in kinds:
        for verb in {"create", "edit", "trash", "restore", *verbs_of(kind)}:
            event = f"{kind.name}.{action_for(kind, verb).event}"
            if event not in events_of(kind.name):
                silent.append(event)
            with translation.override("en"):
                english = str(sentence_of(event).words)
            for language in LANGUAGES:
                with translation.override(language):
                    if str(sentence_of(event).words) in ("", english):
                        silent.append(f"{event} in {language}")
    assert silent == []


@pytest.mark.req("N22")
def test_every_action_and_field_is_named_in_every_language() -> None:
    things = {f"action {name}": one.label for name, one in actions.items()}
    for kind in kinds:
        things |= {f"{kind.name}.{field.name}": field.label for field in kind.fields}
    unnamed = [name for name, label in things.items() if not str(label).strip()]
    for language in LANGUAGES:
        for name, label in things.items():
            with translation.override("en"):
                english = str(label)
            with translation.override(language):
                if str(label) == english and english.isascii() and english not in ("ID",):
                    unnamed.append(f"{name} in {language}: {english}")
    assert unnamed == []
