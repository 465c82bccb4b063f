"""NestJS applications as texts, read."""

from launchready.source.code.files import Language, code_files
from launchready.source.script.nest.reader import read_nest
from launchready.source.script.project import ScriptProject

MANIFEST = '{"name": "club", "dependencies": {"@nestjs/core": "^11.0.1"}}'
MAIN = """
import { NestFactory } from "@nestjs/core";
import { ValidationPipe, VersioningType } from "@nestjs/common";
import { AppModule } from "./app.module";
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  %s
  await app.listen(3000);
}
bootstrap();
"""
MODULE = """
import { Module } from "@nestjs/common";
import { APP_GUARD, APP_PIPE } from "@nestjs/core";
import { ItemsController } from "./items.controller";
%s
@Module({ controllers: [ItemsController], providers: [%s] })
export class AppModule {}
"""
HEAD = """
import { All, Body, CanActivate, Controller, Delete, ExecutionContext, Get, Injectable, Param, Post, Put,
  Query, SetMetadata, UnauthorizedException, UseGuards, UsePipes, ValidationPipe, Version, applyDecorators,
  createParamDecorator, mixin } from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import { AuthGuard } from "@nestjs/passport";
import { IsEmail, IsEnum, IsInt, IsOptional, IsString, MinLength, Min } from "class-validator";
"""
SESSION = """
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}
  canActivate(context: ExecutionContext) {
    if (this.reflector.getAllAndOverride<boolean>("isPublic", [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest();
    if (!request.session.userId) throw new UnauthorizedException();
    return true;
  }
}
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private reflector: Reflector) {}
  canActivate(context: ExecutionContext) {
    const roles = this.reflector.get<string[]>("roles", context.getHandler());
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest();
    return roles.includes(user.role);
  }
}
export const Public = () => SetMetadata("isPublic", true);
export const Roles = (...roles: string[]) => SetMetadata("roles", roles);
"""


def read(files):
    held = code_files({"package.json": MANIFEST, **files})
    return read_nest(ScriptProject(held.of(Language.SCRIPT), held.of(Language.SETTINGS)))


def app(controller, *, main="", imports="", providers=""):
    """An application with one controller file."""
    return {
        "src/main.ts": MAIN % main,
        "src/app.module.ts": MODULE % (imports, providers),
        "src/items.controller.ts": HEAD + controller,
    }


def routes(files):
    return {one.route.id: one.route for one in read(files).routes}


def access(files):
    return {key: one.access.value for key, one in routes(files).items()}


def kinds(route):
    return [(guard.name, guard.kind.value, guard.level.value) for guard in route.guards]
