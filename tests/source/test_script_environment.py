"""Environment variables that are read, and what happens without them."""

import pytest

from launchready.model.source import VariableUse
from launchready.source.code.files import code_files
from launchready.source.script.environment import is_secret_name
from launchready.source.script.facts.reading import script_facts

REQUIRED, DEFAULTED, OPTIONAL = VariableUse.REQUIRED, VariableUse.DEFAULTED, VariableUse.OPTIONAL


def variables(text, path="src/a.ts"):
    return [(one.name, one.use) for one in script_facts(code_files({path: text}).by_path[path]).variables]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const a = process.env.A_KEY", [("A_KEY", OPTIONAL)]),
        ("const a = process.env['A_KEY']", [("A_KEY", OPTIONAL)]),
        ("const a = process.env.A_KEY!", [("A_KEY", OPTIONAL)]),
        ("const a = process.env.A_KEY as string", [("A_KEY", OPTIONAL)]),
        ("const a = process.env.A_KEY ?? 'x'", [("A_KEY", DEFAULTED)]),
        ("const a = process.env.A_KEY || 3000", [("A_KEY", DEFAULTED)]),
        ("const a = process.env.A_KEY || ''", [("A_KEY", OPTIONAL)]),
        ("const a = process.env.A_KEY ?? undefined", [("A_KEY", OPTIONAL)]),
        ("const a = process.env.A_KEY ?? fail('A_KEY missing')", [("A_KEY", REQUIRED)]),
        ("const a = required(process.env.A_KEY)", [("A_KEY", REQUIRED)]),
        ("const a = process.env.A_KEY; if (!a) throw new Error('x')", [("A_KEY", REQUIRED)]),
        (
            "const a = process.env.A_KEY; if (!a) { console.error('x'); process.exit(1) }",
            [("A_KEY", REQUIRED)],
        ),
        ("const a = process.env.A_KEY; if (!a) { console.warn('x') }", [("A_KEY", OPTIONAL)]),
        ("if (!process.env.A_KEY) { throw new Error('x') }", [("A_KEY", REQUIRED)]),
        ("if (process.env.A_KEY) { start() }", [("A_KEY", OPTIONAL)]),
        ("const a = import.meta.env.VITE_A", [("VITE_A", OPTIONAL)]),
        ("const a = import.meta.env.MODE", []),
        ("const a = Deno.env.get('A_KEY')", [("A_KEY", OPTIONAL)]),
        (
            "const { A_KEY, B_KEY = 'b', C: c } = process.env",
            [("A_KEY", OPTIONAL), ("B_KEY", DEFAULTED), ("C", OPTIONAL)],
        ),
        ("const { A_KEY } = process.env; if (!A_KEY) throw new Error('x')", [("A_KEY", REQUIRED)]),
        ("process.env.A_KEY = 'x'", []),
        ("delete process.env.A_KEY", []),
        (
            "createEnv({ server: { A: z.url(), B: z.url().optional() }, client: { VITE_C: z.url().default('c') } })",
            [("A", REQUIRED), ("B", OPTIONAL), ("VITE_C", DEFAULTED)],
        ),
        (
            "const env = cleanEnv(process.env, { A: str(), B: port({ default: 3000 }) })",
            [("A", REQUIRED), ("B", DEFAULTED)],
        ),
        (
            "const s = z.object({ A_URL: z.string(), B: z.coerce.number().default(1) }); s.parse(process.env)",
            [("A_URL", REQUIRED), ("B", DEFAULTED)],
        ),
        (
            "class C { constructor(private config: ConfigService) { config.get('A_KEY') } }",
            [("A_KEY", OPTIONAL)],
        ),
        (
            "class C { constructor(private config: ConfigService) { config.getOrThrow('A_KEY') } }",
            [("A_KEY", REQUIRED)],
        ),
        (
            "class C { constructor(private config: ConfigService) { config.get('A_KEY', 'x') } }",
            [("A_KEY", DEFAULTED)],
        ),
        ("class C { constructor(private config: ConfigService) { config.get('database.url') } }", []),
        ("const a = env.A_KEY", []),
        ("const all = process.env", []),
    ],
)
def test_variables(text, expected):
    assert variables(text) == expected


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("JWT_SECRET", True), ("STRIPE_SECRET_KEY", True), ("DB_PASSWORD", True), ("GITHUB_TOKEN", True),
        ("OPENAI_API_KEY", True), ("DATABASE_URL", True), ("PASSWORD_SALT", True), ("APP_KEY", True),
        ("PORT", False), ("SALT_ROUNDS", False), ("TOKEN_EXPIRY", False), ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", False),
        ("SECRET_NAME", False), ("SUPABASE_ANON_KEY", False), ("S3_BUCKET", False), ("RECAPTCHA_SITE_KEY", False),
        ("MAX_TOKENS", False), ("JWT_EXPIRES_IN", False),
    ],
)  # fmt: skip
def test_names_of_secrets(name, secret):
    assert is_secret_name(name) is secret
    (one,) = script_facts(code_files({"a.ts": f"const a = process.env.{name}"}).by_path["a.ts"]).variables
    assert one.secret is secret
