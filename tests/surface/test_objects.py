import pytest

from launchready.model.operation import ObjectClass
from launchready.surface.objects import class_of, type_name, type_of_parameter
from launchready.surface.words import is_noise, singular, split_words


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("stories", "story"),
        ("boxes", "box"),
        ("matches", "match"),
        ("classes", "class"),
        ("statuses", "status"),
        ("people", "person"),
        ("purchases", "purchase"),
        ("houses", "house"),
        ("news", "news"),
        ("address", "address"),
        ("analysis", "analysis"),
        ("bus", "bus"),
        ("buses", "bus"),
        ("messages", "message"),
        ("series", "series"),
        ("movies", "movie"),
        ("dns", "dns"),
        ("settings", "settings"),
        ("articles", "article"),
        ("addresses", "address"),
    ],
)
def test_plurals_become_singular(plural, one):
    assert singular(plural) == one
    assert singular(one) == one


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sign-up", ("signup",)),
        ("signUp", ("signup",)),
        ("bookId", ("book", "id")),
        ("HTTPServer", ("http", "server")),
        ("user_name", ("username",)),
        ("log_in_now", ("login", "now")),
        ("", ()),
        ("--", ()),
        ("orderItems2", ("order", "items2")),
    ],
)
def test_names_are_split_in_every_style(name, words):
    assert split_words(name) == words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("message-threads", "thread"),
        ("orderItems", "order item"),
        ("user_settings", "settings"),
        ("users", "user"),
        ("bank-accounts", "bank account"),
        ("addVehicle", "vehicle"),
        ("api_keys", "api key"),
        ("new-coupon", "coupon"),
        ("", ""),
        ("blog_posts", "blog post"),
    ],
)
def test_types_are_singular_and_human(text, name):
    assert type_name(text) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("thread_id", "thread"),
        ("bookId", "book"),
        ("user_ids", "user"),
        ("username", "user"),
        ("id", ""),
        ("slug", ""),
        ("order_uuid", "order"),
        ("articleSlug", "article"),
        ("title", ""),
        ("userid", "user"),
        ("paid", ""),
    ],
)
def test_id_like_names_tell_their_type(name, kind):
    assert type_of_parameter(name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user", ObjectClass.PROFILE),
        ("message", ObjectClass.THREAD),
        ("draft", ObjectClass.DRAFT),
        ("group", ObjectClass.GROUP),
        ("settings", ObjectClass.SETTINGS),
        ("payout", ObjectClass.ORDER),
        ("listing", ObjectClass.OTHER),
        ("", ObjectClass.OTHER),
        ("blog post", ObjectClass.OTHER),
        ("group invite", ObjectClass.GROUP),
    ],
)
def test_types_have_a_class(name, kind):
    assert class_of(name) is kind


def test_versions_and_api_are_noise():
    assert all(is_noise(each) for each in ("v1", "V2", "v1.2", "api", "v2beta1"))
    assert not any(is_noise(each) for each in ("vendors", "videos", "apiary"))


def test_the_type_comes_from_the_reply_where_the_path_says_nothing(kit):
    article = {"type": "object", "title": "ArticleOut", "properties": {"id": {"type": "string"}}}
    assert kit.operation("/feed", "get", kit.ok({"type": "array", "items": article})).object_type == "article"
    assert kit.operation("/feed", "get", {"tags": ["Stories"]}).object_type == "story"


def test_a_message_that_only_reports_is_no_thread(kit):
    message = {"type": "object", "title": "Message", "properties": {"message": {"type": "string"}}}
    assert kit.operation("/login/test", "post", kit.ok(message)).object_class is ObjectClass.OTHER
