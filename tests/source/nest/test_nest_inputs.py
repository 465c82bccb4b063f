import pytest

from tests.source.nest.nests import app, routes

DTO = """
enum Kind { Book = "book", Toy = "toy" }
export class Address { @IsString() city: string; }
export class CreateItem {
  @IsEmail() email: string;
  @IsString() @MinLength(8) password: string;
  @IsOptional() @IsInt() @Min(18) age?: number;
  @IsEnum(Kind) kind: Kind;
  tags: string[];
  note: string | null;
}
export class UpdateItem extends PartialType(CreateItem) {}
"""
PIPE = "app.useGlobalPipes(new ValidationPipe());"


def one(parameter, *, main=PIPE, extra="", decorator=""):
    text = f'import {{ PartialType }} from "@nestjs/swagger";\n{DTO}{extra}\n@Controller("items")\n'
    text += f"export class ItemsController {{ {decorator} @Post(':id') make({parameter}) {{}} }}"
    (route,) = routes(app(text, main=main)).values()
    return route


def test_a_dto_is_a_schema():
    route = one("@Body() dto: CreateItem")
    assert route.validation.value == "schema"
    assert route.bodies[0].schema == {
        "type": "object",
        "properties": {
            "email": {"type": "string", "format": "email"},
            "password": {"type": "string", "minLength": 8},
            "age": {"type": "integer", "minimum": 18},
            "kind": {"type": "string", "enum": ["book", "toy"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "note": {"type": "string"},
        },
        "required": ["email", "password", "kind", "tags"],
    }


@pytest.mark.parametrize(
    ("parameter", "settings", "validation"),
    [
        ("@Body() dto: CreateItem", {}, "schema"),
        ("@Body() dto: UpdateItem", {}, "schema"),
        ("@Body() dto: CreateItem", {"main": ""}, "raw"),
        ("@Body(new ValidationPipe()) dto: CreateItem", {"main": ""}, "schema"),
        ("@Body(ValidationPipe) dto: CreateItem", {"main": ""}, "schema"),
        ("@Body() dto: CreateItem", {"main": "", "decorator": "@UsePipes(new ValidationPipe())"}, "schema"),
        ("@Body() dto: any", {}, "raw"),
        ("@Body() dto: Plain", {"extra": "class Plain { name: string; }"}, "raw"),
        ('@Body("name") name: string', {}, "raw"),
        ("@Param('id') id: string", {}, "no_body"),
        ("@Req() req", {}, "no_body"),
    ],
)
def test_validation(parameter, settings, validation):
    assert one(parameter, **settings).validation.value == validation


def test_what_is_read_of_the_body_by_name():
    route = one('@Body("email") email: string, @Body("age", ParseIntPipe) age?: number')
    assert route.bodies[0].schema["properties"] == {"email": {"type": "string"}, "age": {"type": "number"}}
    inline = one("@Body() body: { token: string; device?: string }")
    assert inline.bodies[0].schema["required"] == ["token"]


def test_parameters_have_their_types():
    route = one(
        '@Param("id", ParseIntPipe) id: number, @Query("page") page?: number, @Query() filter: Filter',
        extra="class Filter { @IsOptional() @IsString() name?: string; @IsInt() size: number; }\n",
    )
    found = {(parameter.place.value, parameter.name): parameter for parameter in route.parameters}
    assert list(found) == [("path", "id"), ("query", "page"), ("query", "name"), ("query", "size")]
    assert found["query", "size"].required
    assert not found["query", "page"].required


def test_zod_pipes_and_dtos():
    extra = (
        'import { z } from "zod";\nimport { createZodDto } from "nestjs-zod";\n'
        "const schema = z.object({ name: z.string().min(2) });\nclass ZodDto extends createZodDto(schema) {}\n"
        "class ZodPipe { constructor(private schema) {} transform(value) { return this.schema.parse(value); } }\n"
    )
    expected = {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 2}},
        "required": ["name"],
    }
    by_pipe = one("@Body(new ZodPipe(schema)) dto", extra=extra, main="")
    assert (by_pipe.validation.value, by_pipe.bodies[0].schema) == ("schema", expected)
    by_class = one("@Body() dto: ZodDto", extra=extra)
    assert (by_class.validation.value, by_class.bodies[0].schema) == ("schema", expected)
