import time

import pytest

from launchready.model.evidence import ClientBundles, ClientRoute
from launchready.surface.bundles import ScriptReader, bundle_operations, unsure_of_method

TARGET = "http://127.0.0.1:8000"


def named(*scripts, target=TARGET):
    reader = ScriptReader(target=target)
    for number, text in enumerate(scripts):
        reader.add(f"/assets/{number}.js", text)
    return [f"{route.method or '?'} {route.path}" for route in reader.routes()]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('fetch("/items")', "GET /items"),
        ("await fetch('/items/mine')", "GET /items/mine"),
        ('fetch(`/items/${e.itemId}`,{method:"DELETE"})', "DELETE /items/{itemId}"),
        ('fetch("/items",{headers:{a:"b"},method:"POST",body:JSON.stringify(e)})', "POST /items"),
        ('fetch("/items",{headers:{method:"PUT"}})', "GET /items"),
        ('fetch("/items/"+e+"/like",{method:"POST"})', "POST /items/{item_id}/like"),
        ('fetch("/items/".concat(t,"/like"),{method:"post"})', "POST /items/{item_id}/like"),
        ('fetch("/items/"+encodeURIComponent(n.slug))', "GET /items/{slug}"),
        ("fetch(`/search?q=${q}`)", "GET /search"),
        ('fetch("/search?q="+q+"&page=2")', "GET /search"),
        ("fetch(`/items${qs}`)", "GET /items"),
        ("fetch(`/items/${id}${qs}`)", "GET /items/{item_id}"),
        ("fetch(`/items/${id ? id : other}/photos/${n}`)", "GET /items/{item_id}/photos/{photo_id}"),
        ('fetch("/items/"+3,{method:"DELETE"})', "DELETE /items/{item_id}"),
        ('fetch("/items/482")', "GET /items/{item_id}"),
        ('axios.get("/items")', "GET /items"),
        ("axios.post(`/items/${t}/offers`,{price:1})", "POST /items/{item_id}/offers"),
        ('axios({method:"put",url:"/items/"+e})', "PUT /items/{item_id}"),
        ('e.request({url:"/items",method:"GET"})', "GET /items"),
        ('$.ajax({type:"POST",url:"/items"})', "POST /items"),
        ("this.http.patch<Item>(`/items/${this.id}`,n)", "PATCH /items/{item_id}"),
        ('$http.delete("/items/"+i)', "DELETE /items/{item_id}"),
        ('x.open("POST","/items")', "POST /items"),
        ('navigator.sendBeacon("/seen",e)', "POST /seen"),
        ('useSWR("/items",f)', "GET /items"),
        ('new EventSource("/stream")', "GET /stream"),
        ('fetch("http://127.0.0.1:8000/items")', "GET /items"),
        ('fetch("http://localhost:8000/items")', "GET /items"),
        ('call("/api/items",{method:"PATCH"})', "PATCH /api/items"),
        ('call("/api/items",e)', "? /api/items"),
        ('const l=["/api/items"]', "? /api/items"),
        ('fetch("/items",{...e})', "? /items"),
        ('fetch("/items",o)', "? /items"),
        ('fetch("/items",{method:m})', "? /items"),
        ("fetch(`/files/${name}.json`)", "GET /files/{name}.json"),
        ('Q({path:"/x"}).get("/items/:itemId")', "GET /items/{itemId}"),
    ],
)  # fmt: skip
def test_an_address_in_a_call_is_told_with_its_method(script, expected):
    assert named(script) == [expected]


@pytest.mark.parametrize(
    "script",
    [
        'fetch("https://example.com/items")',
        'fetch("http://127.0.0.1:9000/items")',
        'fetch("//cdn.example.com/items")',
        'fetch("/logo.svg")',
        'fetch("/assets/app.js")',
        "fetch(e)",
        "fetch(`${e}/items`)",
        'fetch("items")',
        'fetch("/")',
        'fetch("/api/v1/")',
        'new Map().get("items")',
        'localStorage.get("token")',
        '{path:"/api/items",component:X}',
        '<Link to="/api/items">',
        'navigate("/api/docs/intro")',
        'if(e.startsWith("/api/items"))return',
        'if(location.pathname==="/api/items")return',
        'const text="use /items to list"',
        'const page="/orders"',
        'fetch("/ items with spaces")',
        'fetch("/items/<id>")',
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_target_is_not_told(script):
    assert named(script) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('const API="/api/v1";fetch(`${API}/items`)', ["GET /api/v1/items"]),
        ('const a="/api/v1",b=1;fetch(a+"/items/"+e)', ["GET /api/v1/items/{item_id}"]),
        ('const a="/backend";fetch("".concat(a,"/items"))', ["GET /backend/items"]),
        ('const h="http://127.0.0.1:8000";const a=`${h}/api`;fetch(`${a}/items`)', ["GET /api/items"]),
        ('const c={apiUrl:"/backend"};fetch(c.apiUrl+"/items")', ["GET /backend/items"]),
        ('const a="https://example.com";fetch(a+"/items")', []),
        # One name with two values says nothing
        ('function f(){const a="/one";fetch(a+"/items")}function g(){const a="/two"}', []),
    ],
)  # fmt: skip
def test_a_base_in_the_same_script_is_resolved(script, expected):
    assert named(script) == expected


def test_a_clients_base_holds_for_its_calls_in_every_script():
    first = 'const X=Z.create({timeout:9,baseURL:"/api/v1"});export{X as a}'
    second = 'import{a as q}from"./0.js";q.get("/items");q.post("/api/v1/orders");fetch("/health/deep")'
    assert named(first, second) == ["GET /api/v1/items", "POST /api/v1/orders", "GET /health/deep"]


def test_two_clients_keep_their_own_bases():
    script = (
        'const A=Z.create({baseURL:"/api"}),B=Z.create({baseURL:"https://pay.example.com"});'
        'A.get("/items");B.get("/charges");c.get("/who")'
    )
    assert named(script) == ["GET /api/items", "GET /who"]


def test_what_is_no_address_is_not_put_below_a_base():
    script = (
        'const X=Z.create({baseURL:"/api"});'
        'h.get("Retry-After");h.delete("content-type");X.get("items");m.get("token")'
    )
    assert named(script) == ["GET /api/items"]


def test_short_names_in_the_middle_of_a_path_stay_unknown():
    script = 'const t="/elsewhere";function f(t){return fetch(`/items/${t}/photos`)}fetch("/items/"+t)'
    assert named(script) == ["GET /items/{item_id}", "GET /items/{item_id}/photos"]


def test_calls_of_a_client_of_another_origin_are_left_out():
    assert named('const B=Z.create({baseURL:"https://api.example.com"});B.get("/items")') == []


def test_what_lies_outside_the_targets_own_path_is_left_out():
    script = 'fetch("/shop/items");fetch("/items")'
    assert named(script, target=f"{TARGET}/shop") == ["GET /shop/items"]


def test_a_path_with_a_method_is_not_told_again_without():
    assert named('const all=["/api/items"];fetch("/api/items",{method:"POST"})') == ["POST /api/items"]


def test_two_values_in_one_path_have_two_names():
    assert named("fetch(`/teams/${e.id}/members/${t.id}`)") == ["GET /teams/{team_id}/members/{member_id}"]
    assert named("fetch(`/pairs/${e.key}/${t.key}`)") == ["GET /pairs/{key}/{key_2}"]


@pytest.mark.parametrize(
    "text",
    [
        'fetch("' * 30_000,
        "fetch(`${" * 20_000,
        "{url:" * 30_000,
        "a.get(" * 60_000,
        '"".concat(' * 30_000,
        'baseURL:"' * 30_000,
        'fetch("/a\x000\x00b\\u{ffffff}\\ud800")',
        'a="/' * 50_000,
        "(" * 100_000,
        'fetch("/x",{' * 20_000,
    ],
)  # fmt: skip
def test_hostile_scripts_take_no_time(text):
    begun = time.process_time()
    named(text)
    assert time.process_time() - begun < 12


def test_a_large_script_is_read_quickly():
    line = 'function f(e,t){return n.get("k"),o.post("/things/"+e,{a:[1,2,{b:t}]}).then(e=>e.data)}var z={p:"q"};'
    begun = time.process_time()
    assert named(line * 20_000) == ["POST /things/{thing_id}"]
    assert time.process_time() - begun < 20


def test_operations_stand_for_get_where_no_method_is_told():
    bundles = ClientBundles(
        pages=("/",),
        assets=("/a.js",),
        routes=(
            ClientRoute(method="", path="/api/items/{id}", asset="/a.js"),
            ClientRoute(method="POST", path="/api/items", asset="/a.js"),
        ),
    )
    operations = bundle_operations(bundles)
    assert [each.id for each in operations] == ["GET /api/items/{id}", "POST /api/items"]
    assert {each.source for each in operations} == {"bundle"}
    assert [each.name for each in operations[0].parameters] == ["id"]
    assert unsure_of_method(bundles) == {"GET /api/items/{id}"}
