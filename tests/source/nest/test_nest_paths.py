import pytest

from tests.source.nest.nests import HEAD, MAIN, MODULE, app, read, routes

PLAIN = (
    '@Controller("items")\nexport class ItemsController {\n  @Get(":id") get(@Param("id") id: string) {}\n}'
)


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("", ["GET /items/{id}"]),
        ('app.setGlobalPrefix("api");', ["GET /api/items/{id}"]),
        ('app.setGlobalPrefix(process.env.PREFIX || "api");', ["GET /api/items/{id}"]),
        ('app.setGlobalPrefix("api", { exclude: ["items/:id"] });', ["GET /items/{id}"]),
        ('app.setGlobalPrefix("api", { exclude: ["health"] });', ["GET /api/items/{id}"]),
        ('app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" });', ["GET /v1/items/{id}"]),
        ('app.enableVersioning({ defaultVersion: ["1", "2"], prefix: "ver" });',
         ["GET /ver1/items/{id}", "GET /ver2/items/{id}"]),
        ('app.enableVersioning({ type: VersioningType.HEADER, defaultVersion: "1" });', ["GET /items/{id}"]),
        ('app.setGlobalPrefix("api"); app.enableVersioning({ defaultVersion: "1" });', ["GET /api/v1/items/{id}"]),
    ],
)  # fmt: skip
def test_prefix_and_version(main, expected):
    assert sorted(routes(app(PLAIN, main=main))) == expected


@pytest.mark.parametrize(
    ("controller", "expected"),
    [
        ('@Controller({ path: "items", version: "2" })\nexport class ItemsController { @Get() all() {} }',
         ["GET /v2/items"]),
        ('@Controller("items")\nexport class ItemsController { @Version(["2", "3"]) @Get() all() {} }',
         ["GET /v2/items", "GET /v3/items"]),
        ('@Controller(["a", "b"])\nexport class ItemsController { @Post(["x", "y"]) make() {} @All("z") any() {} }',
         ["ANY /a/z", "ANY /b/z", "POST /a/x", "POST /a/y", "POST /b/x", "POST /b/y"]),
        (('export class Base { @Get("all") all() {} @Get("one") one() {} @Delete() remove() {} }\n'
         '@Controller("items")\nexport class ItemsController extends Base { @Get("first") one() {} remove() {} }'),
         ["GET /items/all", "GET /items/first"]),
        (('function Crud(Dto) { class Made { @Get() all() {} @Post() make(@Body() dto) {} } return Made; }\n'
         '@Controller("items")\nexport class ItemsController extends Crud(Object) {}'),
         ["GET /items", "POST /items"]),
        (('const Read = (path: string) => applyDecorators(Get(path), SetMetadata("read", true));\n'
         '@Controller("items")\nexport class ItemsController { @Read("x") x() {} }'), ["GET /items/x"]),
    ],
)  # fmt: skip
def test_controllers(controller, expected):
    main = "app.enableVersioning({ type: VersioningType.URI });"
    assert sorted(routes(app(controller, main=main))) == expected


def test_modules_are_reached_through_imports():
    found = routes({
        "src/main.ts": MAIN % "",
        "src/app.module.ts": """
import { Module, forwardRef } from "@nestjs/common";
import { RouterModule } from "@nestjs/core";
import { AModule, BModule, CModule } from "./modules";
@Module({ imports: [AModule, forwardRef(() => BModule), CModule.forRoot({ on: true }),
  RouterModule.register([{ path: "deep", children: [{ path: "er", module: AModule }] }])] })
export class AppModule {}
""",
        "src/modules.ts": HEAD.replace("{ All", "{ Module, All") + """
@Controller("a") export class A { @Get() a() {} }
@Controller("b") export class B { @Get() b() {} }
@Controller("c") export class C { @Get() c() {} }
@Controller("d") export class D { @Get() d() {} }
@Module({ controllers: [A] }) export class AModule {}
@Module({ controllers: [B] }) export class BModule {}
@Module({}) export class CModule { static forRoot(options) { return { module: CModule, controllers: [C] }; } }
@Module({ controllers: [D] }) export class DModule {}
""",
    })  # fmt: skip
    served = {one.id: one.served for one in found.values()}
    assert served == {"GET /deep/er/a": True, "GET /b": True, "GET /c": True, "GET /d": False}


def test_the_stack_is_shown_and_other_handlers_are_counted():
    files = app(PLAIN)
    files["src/live.gateway.ts"] = (
        'import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";\n'
        '@WebSocketGateway() export class Live { @SubscribeMessage("x") x() {} }'
    )
    found = read(files)
    assert [(one.name, one.framework, one.version) for one in found.apps] == [("club", "nestjs", "^11.0.1")]
    assert found.problems == ("1 WebSocket message handler is no HTTP route and not read here",)


def test_handlers_have_the_names_that_facts_have():
    (one,) = read(app(PLAIN)).routes
    assert one.handler == ("src/items.controller.ts", "ItemsController.get")
    assert one.route.place.code == '@Get(":id") get(@Param("id") id: string) {}'


def test_settings_come_from_registered_groups():
    files = {
        "src/main.ts": MAIN.replace(
            'from "./app.module";', 'from "./app.module";\nimport { ConfigService } from "@nestjs/config";'
        )
        % 'app.setGlobalPrefix(app.get(ConfigService).getOrThrow("app.prefix", { infer: true }));',
        "src/app.module.ts": MODULE.replace(
            "controllers:", "imports: [ConfigModule.forRoot({ load: [settings] })], controllers:"
        )
        % ('import { ConfigModule } from "@nestjs/config";\nimport settings from "./settings";', ""),
        "src/settings.ts": 'import { registerAs } from "@nestjs/config";\n'
        'export default registerAs("app", () => ({ prefix: process.env.API_PREFIX ?? "v0" }));',
        "src/items.controller.ts": HEAD + PLAIN,
    }
    assert list(routes(files)) == ["GET /v0/items/{id}"]


@pytest.mark.parametrize(
    "text",
    [
        '@Controller("items")\nexport class ItemsController extends ItemsController {}',
        "export class ItemsController {",
        "@Controller(f())\nexport class ItemsController { @Get(g()) x() {} }\nfunction f() { return f(); }",
        "@" * 500,
    ],
)
def test_hostile_code_ends(text):
    read(app(text))
