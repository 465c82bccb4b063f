from tests.source.django.projects import routes

URLS = 'urlpatterns = [path("x/<int:pk>/", views.view)]\n'
CLASS_URLS = 'urlpatterns = [path("x/<int:pk>/", views.V.as_view())]\n'


def of(views, method="POST", urls=URLS, **others):
    return routes(urls=urls, views=views, **others)[f"{method} /x/{{pk}}/"]


def schema(route):
    (body,) = route.bodies
    return body.schema


MODEL_SERIALIZER = (
    "class ItemSerializer(serializers.ModelSerializer):\n"
    "    note = serializers.CharField(max_length=20, required=False)\n"
    "    secret = serializers.CharField(read_only=True)\n"
    "    class Meta:\n        model = Item\n        fields = ['id', 'title', 'price', 'owner', 'note', 'secret']\n"
    "        read_only_fields = ['owner']\n"
)


def test_a_model_serializer_takes_what_its_model_has():
    route = of(
        MODEL_SERIALIZER + "class V(generics.RetrieveUpdateAPIView):\n    queryset = Item.objects.all()\n"
        "    serializer_class = ItemSerializer\n",
        "PUT",
        CLASS_URLS,
    )
    assert schema(route)["properties"] == {
        "title": {"type": "string", "maxLength": 80},
        "price": {"type": "integer", "minimum": 0},
        "note": {"type": "string", "maxLength": 20},
    }
    assert schema(route)["required"] == ["title"]
    assert (route.validation.value, route.bodies[0].media_type) == ("schema", "application/json")


def test_a_partial_update_requires_nothing():
    views = (
        MODEL_SERIALIZER
        + "class V(generics.UpdateAPIView):\n    serializer_class = ItemSerializer\n    queryset = 1\n"
    )
    assert "required" not in schema(of(views, "PATCH", CLASS_URLS))


def test_the_serializer_of_an_action():
    views = (
        MODEL_SERIALIZER + "class Login(serializers.Serializer):\n    email = serializers.EmailField()\n"
        "    password = serializers.CharField(write_only=True)\n"
        "class V(viewsets.GenericViewSet):\n    serializer_class = ItemSerializer\n"
        "    def get_serializer_class(self):\n        if self.action == 'login':\n            return Login\n"
        "        return ItemSerializer\n"
        "    @action(detail=True, methods=['post'])\n    def login(self, request, pk):\n"
        "        self.get_serializer(data=request.data).is_valid(raise_exception=True)\n"
    )
    urls = 'urlpatterns = [path("x/<int:pk>/", views.V.as_view({"post": "login"}))]\n'
    assert schema(of(views, urls=urls))["properties"] == {
        "email": {"type": "string", "format": "email"},
        "password": {"type": "string"},
    }


def test_a_serializer_in_the_handler_and_a_body_as_it_came():
    views = (
        MODEL_SERIALIZER + "class V(APIView):\n    def post(self, request, pk):\n"
        "        checked = ItemSerializer(data=request.data)\n    def put(self, request, pk):\n"
        "        Item.objects.create(title=request.data['title'], price=request.data.get('price'))\n"
    )
    checked, raw = of(views, "POST", CLASS_URLS), of(views, "PUT", CLASS_URLS)
    assert checked.validation.value == "schema"
    assert "title" in schema(checked)["properties"]
    assert raw.validation.value == "raw"
    assert set(schema(raw)["properties"]) == {"title", "price"}


def test_a_part_of_the_body_that_has_a_name_of_its_own():
    views = (
        MODEL_SERIALIZER + "class V(APIView):\n    serializer_class = ItemSerializer\n"
        "    def post(self, request, pk):\n        item_data = request.data.get('item', {})\n"
        "        checked = self.serializer_class(context={}, data=item_data)\n"
        "    def put(self, request, pk):\n        given = self.request.data['item']\n        rest = dict(given)\n"
        "        ItemSerializer(data=rest).is_valid(raise_exception=True)\n"
        "    def patch(self, request, pk):\n        given = request.data['item']\n"
        "        answer = ItemSerializer(Item.objects.create(title=given['title']))\n"
    )
    by_class, by_name, raw = (of(views, method, CLASS_URLS) for method in ("POST", "PUT", "PATCH"))
    assert "title" in schema(by_class)["properties"]
    assert [by_class.validation.value, by_name.validation.value] == ["schema", "schema"]
    # What is only answered through a serializer was not checked by it
    assert raw.validation.value == "raw"


def test_forms():
    forms = (
        "from django import forms\nfrom django.contrib.auth.forms import UserCreationForm\n"
        "class SignUp(UserCreationForm):\n    email = forms.EmailField()\n"
        "class Sort(forms.Form):\n    by = forms.ChoiceField(choices=[('a', 'A'), ('b', 'B')])\n"
    )
    views = (
        "from shop.forms import SignUp, Sort\ndef view(request, pk):\n    form = Sort(request.POST)\n"
        "class V(FormView):\n    form_class = SignUp\n"
    )
    sort = of(views, shop__forms=forms)
    assert schema(sort)["properties"] == {"by": {"enum": ["a", "b"]}}
    assert sort.bodies[0].media_type == "application/x-www-form-urlencoded"
    assert set(schema(of(views, urls=CLASS_URLS, shop__forms=forms))["properties"]) == {
        "username",
        "password1",
        "password2",
        "email",
    }


def test_json_read_by_hand_and_posted_fields():
    views = (
        "import json\ndef view(request, pk):\n    data = json.loads(request.body)\n"
        "    return JsonResponse({'a': data['name'], 'b': data.get('age')})\n"
    )
    route = of(views)
    assert set(schema(route)["properties"]) == {"name", "age"}
    assert schema(route)["required"] == ["name"]
    route = of("def view(request, pk):\n    return HttpResponse(request.POST['token'])\n")
    assert set(schema(route)["properties"]) == {"token"}


def test_reading_takes_no_body():
    assert of("def view(request, pk):\n    pass\n", "GET").validation.value == "no_body"


def test_a_model_of_users_brings_its_fields():
    models = (
        "from django.contrib.auth.models import AbstractUser\nfrom django.db import models\n"
        "class Member(AbstractUser):\n    nick = models.SlugField(blank=True)\n"
        "class Item(models.Model):\n    pass\n"
    )
    views = (
        "from django.contrib.auth import get_user_model\n"
        "class Register(serializers.ModelSerializer):\n    class Meta:\n        model = get_user_model()\n"
        "        fields = ('username', 'password', 'nick')\n        extra_kwargs = {'nick': {'required': True}}\n"
        "class V(generics.CreateAPIView):\n    serializer_class = Register\n"
    )
    route = of(views, urls=CLASS_URLS, settings='AUTH_USER_MODEL = "shop.Member"\n', shop__models=models)
    assert schema(route)["required"] == ["username", "password", "nick"]


def test_fields_below_a_key_of_the_body_stand_below_it():
    checked = schema(
        of(
            MODEL_SERIALIZER + "@api_view(['POST'])\ndef view(request, pk):\n"
            "    given = request.data.get('item')\n"
            "    serializer = ItemSerializer(data=given)\n"
            "    serializer.is_valid(raise_exception=True)\n"
            "    return Response(serializer.save())\n"
        )
    )
    assert checked["required"] == ["item"]
    assert set(checked["properties"]["item"]["properties"]) == {"title", "price", "note"}
    raw = schema(
        of(
            "@api_view(['POST'])\ndef view(request, pk):\n"
            "    given = request.data.get('user', {})\n"
            "    return Response(sign_in(given['email'], given['password']))\n"
        )
    )
    assert raw["properties"]["user"] == {
        "type": "object", "properties": {"email": {}, "password": {}}, "required": ["email", "password"],
    }  # fmt: skip
