import pytest

from tests.source.nest.nests import SESSION, access, app, kinds, routes

ONE = '@Controller("items")\nexport class ItemsController {{ {decorator} @Get() all() {{}} }}'
GLOBAL = "{ provide: APP_GUARD, useClass: SessionGuard }"
IMPORTS = 'import { SessionGuard, RolesGuard } from "./items.controller";'


def only(text, decorator, **settings):
    (route,) = routes(app(text + ONE.format(decorator=decorator), **settings)).values()
    return route


def test_guards_of_classes_and_methods():
    found = routes(app(SESSION + """
@UseGuards(SessionGuard)
@Controller("items")
export class ItemsController {
  @Get() all() {}
  @Public() @Get("open") open() {}
  @Roles("admin") @UseGuards(RolesGuard) @Delete(":id") remove() {}
  @UseGuards(RolesGuard) @Post() make() {}
}
"""))  # fmt: skip
    assert {key: one.access.value for key, one in found.items()} == {
        "GET /items": "member",
        "GET /items/open": "public",
        "DELETE /items/{id}": "admin",
        "POST /items": "member",
    }
    assert kinds(found["DELETE /items/{id}"]) == [
        ("SessionGuard", "authenticates", "group"),
        ("RolesGuard", "authorizes", "route"),
    ]
    assert kinds(found["GET /items/open"]) == [("Public", "public", "route")]


@pytest.mark.parametrize(
    "settings",
    [
        {"providers": GLOBAL, "imports": IMPORTS},
        {"main": "app.useGlobalGuards(new SessionGuard(app.get(Reflector)));\n"
                 '}\nimport { SessionGuard } from "./items.controller";\nfunction f() {'},
    ],
)  # fmt: skip
def test_global_guards_and_their_opt_out(settings):
    if "main" in settings:
        settings = {
            "main": settings["main"]
            .split("\n")[0]
            .replace("new SessionGuard", "new (require('./items.controller').SessionGuard)")
        }
    text = (
        SESSION
        + '@Controller("items")\nexport class ItemsController { @Get() all() {} @Public() @Get("open") open() {} }'
    )
    assert access(app(text, **settings)) == {"GET /items": "member", "GET /items/open": "public"}
    found = routes(app(text, **settings))
    assert found["GET /items"].guards[0].level.value == "global"


@pytest.mark.parametrize(
    ("extra", "decorator", "kind"),
    [
        ("", '@UseGuards(AuthGuard("jwt"))', "authenticates"),
        ("", '@UseGuards(AuthGuard(["jwt", "anonymous"]))', "identifies"),
        ("", '@UseGuards(AuthGuard("google"))', None),
        ("", '@UseGuards(AuthGuard("local"))', None),
        ('class Jwt extends AuthGuard("jwt") {}', "@UseGuards(Jwt)", "authenticates"),
        ('class Jwt extends AuthGuard("jwt") { handleRequest(e, u) { return u; } }', "@UseGuards(Jwt)", "identifies"),
        ('class Jwt extends AuthGuard("jwt") { handleRequest(e, u) { if (!u) throw new UnauthorizedException(); } }',
         "@UseGuards(Jwt)", "authenticates"),
        ('class Jwt extends AuthGuard("jwt") { async canActivate(c) { await super.canActivate(c); return true; } }',
         "@UseGuards(Jwt)", "authenticates"),
        (('class Jwt extends AuthGuard("jwt") { async canActivate(c) { try { await super.canActivate(c); } catch {}'
         " return true; } }"),
         "@UseGuards(Jwt)", "identifies"),
        ('const Auth = (...r) => applyDecorators(SetMetadata("roles", r), UseGuards(AuthGuard("jwt")));',
         '@Auth("admin")', "authenticates"),
        ("class Open implements CanActivate { canActivate() { return true; } }", "@UseGuards(Open)", None),
        ("class Shut implements CanActivate { canActivate() { return false; } }", "@UseGuards(Shut)", "authorizes"),
        ("class Key { canActivate(c) { return c.switchToHttp().getRequest().headers['x-api-key'] === KEY; } }",
         "@UseGuards(Key)", "service"),
        ('import { ThrottlerGuard } from "@nestjs/throttler";', "@UseGuards(ThrottlerGuard)", None),
        ('import { ThrottlerGuard } from "@nestjs/throttler";\nclass T extends ThrottlerGuard { getTracker() {} }',
         "@UseGuards(T)", None),
        ('import { ClerkGuard } from "some-guards";', "@UseGuards(ClerkGuard)", "unclear"),
    ],
)  # fmt: skip
def test_guards_are_told_by_what_they_do(extra, decorator, kind):
    route = only(extra + "\n", decorator)
    assert (route.guards[0].kind.value if route.guards else None) == kind


def test_roles_have_the_words_of_the_code():
    text = SESSION + "enum Role { admin = 1, user = 2 }\n"
    route = only(
        text,
        '@UseGuards(AuthGuard("jwt"), RolesGuard) @(Roles as any)(Role.admin)'.replace(
            "(Roles as any)", "Roles"
        ),
    )
    assert route.guards[-1].role == "admin"
    assert route.access.value == "admin"


def test_a_guard_asks_a_service_of_the_repository():
    text = """
@Injectable() class Tokens { constructor(private db: Db) {}
  async owner(token) { return this.db.token.findUnique({ where: { token } }); } }
@Injectable() class TokenGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}
  async canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    request.user = await this.tokens.owner(request.headers.authorization);
    if (!request.user) throw new UnauthorizedException();
    return true;
  }
}
"""
    assert only(text, "@UseGuards(TokenGuard)").access.value == "member"


def test_middleware_of_modules():
    files = app("""
export class AuthMiddleware { use(req, res, next) {
  if (!req.headers.authorization) throw new UnauthorizedException(); next(); } }
@Controller("items")
export class ItemsController { @Get() all() {} @Post() make() {} @Get("open") open() {} }
""")  # fmt: skip
    files["src/app.module.ts"] = """
import { MiddlewareConsumer, Module, NestModule, RequestMethod } from "@nestjs/common";
import { AuthMiddleware, ItemsController } from "./items.controller";
@Module({ controllers: [ItemsController] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(AuthMiddleware).exclude("items/open").forRoutes({ path: "items", method: RequestMethod.POST });
  }
}
"""
    assert access(files) == {"GET /items": "none", "POST /items": "member", "GET /items/open": "none"}
    files["src/app.module.ts"] = files["src/app.module.ts"].replace(
        '{ path: "items", method: RequestMethod.POST }', '"*"'
    )
    assert access(files) == {"GET /items": "member", "POST /items": "member", "GET /items/open": "none"}
