"""What goes to a log, and settings that log too much."""

import pytest

from launchready.model.source import HitKind
from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts


def hits(text, path="src/server/a.ts"):
    return [(one.kind, one.certain) for one in script_facts(code_files({path: text}).by_path[path]).hits]


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("console.log(req.body)", True),
        ("logger.info('sign up with %o', req.body)", True),
        ("this.logger.error(req.headers)", True),
        ("console.log(`password for ${user}: ${password}`)", True),
        ("logger.debug({ user, password })", True),
        ("console.log(JSON.stringify(req.body))", True),
        ("log.info('authorization ' + req.headers.authorization)", True),
        ("console.log(process.env)", True),
        ("console.log(resetToken)", False),
        ("logger.info(user.accessToken)", False),
        ("console.log(req.cookies)", False),
        ("req.log.info(process.env.STRIPE_SECRET)", None),
        ("console.log({ input: { token } })", False),
    ],
)
def test_secrets_in_logs(line, certain):
    expected = [] if certain is None else [(HitKind.RISKY_LOG, certain)]
    assert hits(f"export function h(req, user, password, token, resetToken) {{ {line} }}") == expected


@pytest.mark.parametrize(
    "line",
    [
        "console.log('password changed')",
        "console.log(req.body.email)",
        "logger.info(token.length)",
        "console.log(`token: ${token.slice(0, 4)}…`)",
        "console.log(!!token)",
        "console.log(hasPassword, isToken, totalTokens)",
        "console.log(redact(req.body))",
        "console.log({ tokenType, maxTokens })",
        "console.log(TOKEN)",
        "if (process.env.NODE_ENV === 'development') console.log(req.body)",
        "math.log(password)",
        "console.log(error.message)",
        "console.log(csrfToken)",
        "console.log(usage.totalTokens)",
        "console.log(items.map((one) => one.token))",
    ],
)
def test_lines_that_tell_nothing(line):
    assert hits(f"export function h(req, token, password) {{ {line} }}") == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("'use client'\nconsole.log(password)", "app/a.ts"),
        ("export const A = () => { console.log(token); return <p /> }", "src/a.tsx"),
        ("import { ref } from 'vue'; console.log(token)", "src/a.ts"),
        ("console.log(token)", "frontend/src/a.ts"),
        ("console.log(password)", "src/a.spec.ts"),
    ],
)
def test_browsers_and_tests_have_no_log_of_the_servers(text, path):
    assert hits(text, path) == []


@pytest.mark.parametrize(
    "text",
    [
        "const db = new Sequelize(url, { logging: console.log })",
        "const source = new DataSource({ type: 'postgres', logging: true })",
        "TypeOrmModule.forRoot({ type: 'mysql', logging: ['query', 'error'] })",
        "const prisma = new PrismaClient({ log: ['query', 'error'] })",
        "mongoose.set('debug', true)",
        "import winston from 'winston'; const logger = winston.createLogger({ level: 'debug' })",
        "import pino from 'pino'; const logger = pino({ level: 'trace' })",
    ],
)
def test_verbose_settings(text):
    assert hits(text) == [(HitKind.VERBOSE, True)]


@pytest.mark.parametrize(
    "text",
    [
        "const db = new Sequelize(url, { logging: false })",
        "const prisma = new PrismaClient({ log: ['error'] })",
        "const prisma = new PrismaClient({ log: process.env.NODE_ENV === 'development' ? ['query'] : ['error'] })",
        "if (process.env.NODE_ENV !== 'production') mongoose.set('debug', true)",
        "const source = new DataSource({ type: 'postgres', logging: process.env.DB_LOGGING === 'true' })",
        "import winston from 'winston'; const logger = winston.createLogger({ level: process.env.LEVEL || 'info' })",
        "const form = { logging: true, level: 'debug' }",
        "app.use(morgan('combined'))",
    ],
)
def test_quiet_settings(text):
    assert hits(text) == []
