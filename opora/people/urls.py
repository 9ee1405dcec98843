"""Addresses of people inside a project."""

from django.urls import path

from opora.people.views import entry, factor, links, mail, preferences, profile, security, user_entry, users

app_name = "people"
urlpatterns = [
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("second-step/", entry.second_step, name="second_step"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("forgot/", links.forgot, name="forgot"),
    path("link/<str:key>/", links.link, name="link"),
    path("language/", preferences.set_language, name="language"),
    path("theme/", preferences.set_theme, name="theme"),
    path("password/", preferences.password, name="password"),
    path("profile/", profile.about, name="profile"),
    path("profile/email/", profile.email, name="email"),
    path("profile/email/cancel/", profile.email_cancel, name="email_cancel"),
    path("profile/letters/", profile.letters, name="profile_letters"),
    path("profile/entry/", profile.entry, name="profile_entry"),
    path("profile/entry/ending/", profile.end_others, name="sessions_end"),
    path("profile/entry/<int:session_id>/ending/", profile.end_session, name="session_end"),
    path("profile/factor/", factor.set_up, name="factor"),
    path("profile/factor/codes/", factor.codes, name="factor_codes"),
    path("profile/factor/removal/", factor.removal, name="factor_removal"),
    path("profile/keys/", profile.keys, name="profile_keys"),
    path("profile/keys/<int:token_id>/revoking/", profile.revoke, name="key_revoke"),
    path("settings/keys/", profile.all_keys, name="keys"),
    path("settings/users/<int:user_id>/sessions/", user_entry.end_sessions, name="user_sessions"),
    path("settings/users/", users.listing, name="users"),
    path("settings/users/new/", users.create, name="user_new"),
    path("settings/users/<int:user_id>/", users.edit, name="user"),
    path("settings/users/<int:user_id>/password/", user_entry.password, name="user_password"),
    path("settings/users/<int:user_id>/link/", user_entry.link, name="user_link"),
    path("settings/users/<int:user_id>/factor/", user_entry.reset_factor, name="user_factor"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/rules/", security.rules, name="security_rules"),
    path("settings/security/<int:range_id>/removal/", security.remove, name="range_removal"),
    path("settings/mail/", mail.settings, name="mail"),
    path("settings/mail/check/", mail.check, name="mail_check"),
]
