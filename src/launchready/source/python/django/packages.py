"""What well-known packages serve: the URLs that they bring as a whole, and single views of theirs.

Their code is no part of the repository, yet sign-up and login are often there. The tables say what the packages'
documentation says of their defaults; what else a package serves, or a setting changes, is not known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready.model.operation import BodyForm
from launchready.model.source import GuardKind

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """A view of a package: what it answers, whom it refuses, which fields it takes.

    `path` is below where the package is mounted.
    """

    verbs: tuple[str, ...]
    kind: GuardKind
    path: str = ""
    role: str = ""
    fields: tuple[str, ...] = ()
    media_type: str = _JSON

    @property
    def bodies(self) -> tuple[BodyForm, ...]:
        """The body that it takes."""
        return (body_of(self.fields, self.media_type),) if self.fields else ()


_FORMATS = {"email": "email"}


def body_of(fields: tuple[str, ...], media_type: str) -> BodyForm:
    """A body of texts by field names; `name?` need not be given."""
    properties = {}
    for name in (field.rstrip("?") for field in fields):
        properties[name] = {"type": "string"} | ({"format": _FORMATS[name]} if name in _FORMATS else {})
    required = [field for field in fields if not field.endswith("?")]
    schema = {"type": "object", "properties": properties, "required": required}
    return BodyForm(media_type=media_type, schema=schema, required=bool(required))


_KINDS = {
    "public": GuardKind.PUBLIC,
    "member": GuardKind.AUTHENTICATES,
    "staff": GuardKind.AUTHORIZES,
    "unclear": GuardKind.UNCLEAR,
    "service": GuardKind.SERVICE,
}

# path, verbs, who may, media type of the body, its fields
_ACCOUNT_PAGES = """
login/ GET,POST public form username password
logout/ POST public
password_change/ GET,POST member form old_password new_password1 new_password2
password_change/done/ GET member
password_reset/ GET,POST public form email
password_reset/done/ GET public
reset/<uidb64>/<token>/ GET,POST public form new_password1 new_password2
reset/done/ GET public
"""
_ALLAUTH_ACCOUNT = """
login/ GET,POST public form login password
logout/ GET,POST public
inactive/ GET public
signup/ GET,POST public form email username? password1 password2?
reauthenticate/ GET,POST member form password
email/ GET,POST member form email
confirm-email/ GET public
confirm-email/<key>/ GET,POST public
password/change/ GET,POST member form oldpassword password1 password2
password/set/ GET,POST member form password1 password2
password/reset/ GET,POST public form email
password/reset/done/ GET public
password/reset/key/<uidb36>-<key>/ GET,POST public form password1 password2
password/reset/key/done/ GET public
"""
_ALLAUTH_SOCIAL = """
login/cancelled/ GET public
login/error/ GET public
signup/ GET,POST public form email username?
connections/ GET,POST member
"""
_HEADLESS = """
browser/v1/config GET public
browser/v1/auth/login POST public json username? email? password
browser/v1/auth/signup POST public json email username? password
browser/v1/auth/session GET,DELETE public
browser/v1/auth/password/request POST public json email
browser/v1/auth/password/reset GET,POST public json key password
browser/v1/auth/email/verify GET,POST public json key
browser/v1/account/email GET,POST,PUT,PATCH,DELETE member json email
browser/v1/account/password/change POST member json current_password? new_password
"""
_REST_AUTH = """
login/ POST public json username? email? password
logout/ POST public
user/ GET member
user/ PUT,PATCH member json username? first_name? last_name?
password/change/ POST member json new_password1 new_password2
password/reset/ POST public json email
password/reset/confirm/ POST public json uid token new_password1 new_password2
"""
_REST_REGISTRATION = """
_ POST public json username? email password1 password2
verify-email/ POST public json key
resend-email/ POST public json email
account-email-verification-sent/ GET public
"""
_DJOSER = """
users/ GET member
users/ POST public json username email? password
users/me/ GET,DELETE member
users/me/ PUT,PATCH member json email?
users/activation/ POST public json uid token
users/resend_activation/ POST public json email
users/set_password/ POST member json current_password new_password
users/reset_password/ POST public json email
users/reset_password_confirm/ POST public json uid token new_password
users/set_username/ POST member json current_password new_username
users/reset_username/ POST public json email
users/reset_username_confirm/ POST public json uid token new_username
users/<id>/ GET,PUT,PATCH,DELETE member
"""
_OAUTH2 = """
authorize/ GET,POST member
token/ POST public form grant_type client_id? client_secret? username? password? code? refresh_token?
revoke_token/ POST public form token client_id? client_secret?
introspect/ GET,POST service form token
applications/ GET member
applications/register/ GET,POST member
applications/<pk>/ GET member
applications/<pk>/delete/ GET,POST member
applications/<pk>/update/ GET,POST member
authorized_tokens/ GET member
authorized_tokens/<pk>/delete/ GET,POST member
"""
_URLS: Mapping[str, str] = {
    "django.contrib.auth.urls": _ACCOUNT_PAGES,
    "rest_framework.urls": "login/ GET,POST public form username password\nlogout/ POST public",
    "django.conf.urls.i18n": "setlang/ POST public form language next?",
    "allauth.account.urls": _ALLAUTH_ACCOUNT,
    "allauth.socialaccount.urls": _ALLAUTH_SOCIAL,
    "allauth.urls": _ALLAUTH_ACCOUNT
    + "\n".join(f"3rdparty/{line}" for line in _ALLAUTH_SOCIAL.split("\n") if line),
    "allauth.headless.urls": _HEADLESS + _HEADLESS.replace("browser/", "app/"),
    "dj_rest_auth.urls": _REST_AUTH,
    "rest_auth.urls": _REST_AUTH,
    "dj_rest_auth.registration.urls": _REST_REGISTRATION,
    "rest_auth.registration.urls": _REST_REGISTRATION,
    "djoser.urls": _DJOSER,
    "djoser.urls.base": _DJOSER,
    "djoser.urls.jwt": """
jwt/create/ POST public json username password
jwt/refresh/ POST public json refresh
jwt/verify/ POST public json token
""",
    "djoser.urls.authtoken": "token/login/ POST public json username password\ntoken/logout/ POST member",
    "oauth2_provider.urls": _OAUTH2,
    "django_prometheus.urls": "metrics GET public",
    "health_check.urls": "_ GET public",
}

_USER = "username password"
_VIEWS: Mapping[str, str] = {
    "rest_framework_simplejwt.views.TokenObtainPairView": f"POST public json {_USER}",
    "rest_framework_simplejwt.views.TokenObtainSlidingView": f"POST public json {_USER}",
    "rest_framework_simplejwt.views.TokenRefreshView": "POST public json refresh",
    "rest_framework_simplejwt.views.TokenRefreshSlidingView": "POST public json token",
    "rest_framework_simplejwt.views.TokenVerifyView": "POST public json token",
    "rest_framework_simplejwt.views.TokenBlacklistView": "POST public json refresh",
    "rest_framework_simplejwt.views.token_obtain_pair": f"POST public json {_USER}",
    "rest_framework_simplejwt.views.token_refresh": "POST public json refresh",
    "rest_framework_simplejwt.views.token_verify": "POST public json token",
    "rest_framework_jwt.views.obtain_jwt_token": f"POST public json {_USER}",
    "rest_framework_jwt.views.refresh_jwt_token": "POST public json token",
    "rest_framework_jwt.views.verify_jwt_token": "POST public json token",
    "rest_framework.authtoken.views.obtain_auth_token": f"POST public json {_USER}",
    "rest_framework.authtoken.views.ObtainAuthToken": f"POST public json {_USER}",
    "dj_rest_auth.views.LoginView": "POST public json username? email? password",
    "dj_rest_auth.views.LogoutView": "POST public",
    "dj_rest_auth.views.UserDetailsView": "GET,PUT,PATCH member json username? first_name? last_name?",
    "dj_rest_auth.views.PasswordChangeView": "POST member json new_password1 new_password2",
    "dj_rest_auth.views.PasswordResetView": "POST public json email",
    "dj_rest_auth.views.PasswordResetConfirmView": "POST public json uid token new_password1 new_password2",
    "dj_rest_auth.registration.views.RegisterView": "POST public json username? email password1 password2",
    "dj_rest_auth.registration.views.VerifyEmailView": "POST public json key",
    "djoser.views.TokenCreateView": f"POST public json {_USER}",
    "djoser.views.TokenDestroyView": "POST member",
    "django.contrib.auth.views.LoginView": f"GET,POST public form {_USER}",
    "django.contrib.auth.views.LogoutView": "POST public",
    "django.contrib.auth.views.PasswordChangeView": (
        "GET,POST member form old_password new_password1 new_password2"
    ),
    "django.contrib.auth.views.PasswordChangeDoneView": "GET member",
    "django.contrib.auth.views.PasswordResetView": "GET,POST public form email",
    "django.contrib.auth.views.PasswordResetDoneView": "GET public",
    "django.contrib.auth.views.PasswordResetConfirmView": "GET,POST public form new_password1 new_password2",
    "django.contrib.auth.views.PasswordResetCompleteView": "GET public",
    "django.views.static.serve": "GET public",
    "django.views.i18n.set_language": "POST public form language next?",
    "django.views.i18n.JavaScriptCatalog": "GET public",
    "django.contrib.sitemaps.views.sitemap": "GET public",
    "django.contrib.sitemaps.views.index": "GET public",
    "django.contrib.flatpages.views.flatpage": "GET public",
    "django.views.generic.RedirectView": "GET public",
    "django.views.generic.TemplateView": "GET public",
    "drf_spectacular.views.SpectacularAPIView": "GET public",
    "drf_spectacular.views.SpectacularJSONAPIView": "GET public",
    "drf_spectacular.views.SpectacularYAMLAPIView": "GET public",
    "drf_spectacular.views.SpectacularSwaggerView": "GET public",
    "drf_spectacular.views.SpectacularSwaggerSplitView": "GET public",
    "drf_spectacular.views.SpectacularRedocView": "GET public",
    "allauth.account.views.login": "GET,POST public form login password",
    "allauth.account.views.signup": "GET,POST public form email username? password1 password2?",
    "allauth.account.views.logout": "GET,POST public",
    "allauth.account.views.account_inactive": "GET public",
    "allauth.account.views.password_reset": "GET,POST public form email",
    "allauth.account.views.password_reset_done": "GET public",
    "allauth.account.views.password_reset_from_key": "GET,POST public form password1 password2",
    "allauth.account.views.password_reset_from_key_done": "GET public",
    "allauth.account.views.password_change": "GET,POST member form oldpassword password1 password2",
    "allauth.account.views.LoginView": "GET,POST public form login password",
    "allauth.account.views.SignupView": "GET,POST public form email username? password1 password2?",
    "allauth.account.views.LogoutView": "GET,POST public",
    "allauth.account.views.ConfirmEmailView": "GET,POST public",
    "allauth.account.views.PasswordResetView": "GET,POST public form email",
    "allauth.account.views.EmailView": "GET,POST member form email",
}


def package_urls(dotted: str) -> tuple[PackageView, ...]:
    """What a package's URLconf serves below where it is included; empty for packages that are not known."""
    return tuple(_lines(_URLS.get(dotted, "")))


def package_view(full: str) -> PackageView | None:
    """A package's view by its full name."""
    # Packages re-export: `django.views.generic.base.TemplateView` is `django.views.generic.TemplateView`
    line = _VIEWS.get(full) or _VIEWS.get(full.replace(".generic.base.", ".generic."))
    return _view(line.split()) if line else None


def _lines(table: str) -> Iterator[PackageView]:
    for line in filter(None, table.split("\n")):
        path, *rest = line.split()
        yield _view(rest, "" if path == "_" else path)


def _view(words: list[str], path: str = "") -> PackageView:
    verbs, kind, *body = words
    return PackageView(
        verbs=tuple(verbs.split(",")),
        kind=_KINDS[kind],
        path=path,
        role="staff" if kind == "staff" else "",
        fields=tuple(body[1:]),
        media_type=_FORM if body[:1] == ["form"] else _JSON,
    )
