"""Repositories with secrets made while the tests run: no file of ours holds a value that looks live."""

import base64
import json
import random
import string
import subprocess
from pathlib import Path

WORDS = string.ascii_letters + string.digits
SIGNS = string.ascii_lowercase + string.digits + "!@#%^&*(-_=+)"
DOT = "."


class Mint:
    """Random values, the same on every run; each of letters, digits and, where asked, signs."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def word(self, size: int, alphabet: str = WORDS) -> str:
        while True:
            value = "".join(self._random.choice(alphabet) for _ in range(size))
            if sum(character.isdigit() for character in value) >= 3 and value[0].isalpha():
                return value

    def jwt(self, claims: dict) -> str:
        header = {"alg": "HS256", "typ": "JWT"}
        parts = [_encoded(json.dumps(part).encode()) for part in (header, claims)]
        return DOT.join([*parts, self.word(43)])

    def key_block(self) -> str:
        lines = "\n".join(self.word(64) for _ in range(12))
        return f"-----BEGIN {'PRIVATE'} KEY-----\n{lines}\n-----END {'PRIVATE'} KEY-----\n"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def write(root: Path, path: str, content: str | bytes) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    target.write_bytes(content)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        [
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "init.defaultBranch=main",
            *arguments,
        ],
        cwd=root,
        check=True,
        capture_output=True,
    )


def flawed(root: Path) -> dict[str, str]:
    """A repository with a secret of many kinds in many places; returns path → planted value."""
    mint = Mint(11)
    planted: dict[str, str] = {}

    def plant(path: str, template: str, value: str) -> None:
        write(root, path, template.replace("§", value))
        planted[path] = value

    plant(".env", "DEBUG=0\nDB_PASSWORD=§\n", mint.word(18))
    plant("api/settings.py", "SECRET_KEY = '§'\n", mint.word(50, SIGNS))
    plant("wp-config.php", "<?php\ndefine( 'AUTH_KEY', '§' );\n", mint.word(64, SIGNS))
    plant("home/.netrc", "machine git.acme-shop.io\n  login bot\n  password §\n", mint.word(20))
    plant("ci/push.sh", "docker login -u bot -p § registry.acme-shop.io\n", mint.word(24))
    plant("media.py", "URL = 'cloudinary://123456789012345:§@acme'\n", mint.word(27))
    plant(
        "docker-compose.yml",
        "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: §\n",
        mint.word(20),
    )
    plant("Dockerfile", "FROM scratch\nENV JWT_SECRET=§\n", mint.word(32))
    plant("web/session.js", "app.use(session({ secret: '§', resave: false }))\n", mint.word(28))
    plant("db.py", "URL = 'postgresql+psycopg2://app:§@db.acme-shop.io/app'\n", mint.word(20))
    plant("Api.cs", 'var c = "Server=db;User Id=sa;Password=§;Database=x";\n', mint.word(20))
    plant("client.py", "headers = {'Authorization': 'Bearer §'}\n", mint.word(40))
    plant("stripe.rb", "Stripe.api_key = '§'\n", "sk_" + "live_" + mint.word(99))
    plant("github.ts", "const t = '§'\n", "gh" + "p_" + mint.word(36))
    plant("deploy/id_rsa", "§", mint.key_block())
    plant("supabase.ts", "createClient(url, '§')\n", mint.jwt({"iss": "supabase", "role": "service_role"}))
    plant("web/index.html", "<script>window.CONFIG={apiSecret:'§'}</script>\n", mint.word(32))
    plant("backup.sh", "PGPASSWORD=§ pg_dump -h db.acme-shop.io app\n", mint.word(20))
    plant("home/.pgpass", "db.acme-shop.io:5432:app:app:§\n", mint.word(20))
    plant("web/.npmrc", "//npm.acme-shop.io/:_authToken=§\n", mint.word(36))
    plant("token.js", "jwt.sign(payload, '§')\n", mint.word(32))
    plant("spring.xml", '<property name="password" value="§"/>\n', mint.word(20))
    plant("users.sql", "CREATE USER app WITH PASSWORD '§';\n", mint.word(20))
    plant("long.py", 'SECRET = (\n    "§"\n)\n', mint.word(32))
    # in another form
    word = mint.word(20)
    notebook = {
        "cells": [{"cell_type": "code", "source": ["import x\n", f'password = "{word}"\n']}],
        "nbformat": 4,
    }
    write(root, "explore.ipynb", json.dumps(notebook, indent=1))
    planted["explore.ipynb"] = word
    word = mint.word(20)
    source = f'export const password = "{word}";\n'
    write(
        root, "static/app.js.map", json.dumps({"version": 3, "sources": ["a.ts"], "sourcesContent": [source]})
    )
    planted["static/app.js.map"] = word
    word = mint.word(20)
    write(root, "k8s/blob.txt", "data: " + base64.b64encode(f'password = "{word}"'.encode()).decode() + "\n")
    planted["k8s/blob.txt"] = word
    word = mint.word(20)
    write(root, "hex.txt", "blob = " + f"password='{word}'".encode().hex() + "\n")
    planted["hex.txt"] = word
    word = mint.word(20)
    write(root, "link.txt", f"go to ?q=password%3D%22{word}%22\n")
    planted["link.txt"] = word
    word = mint.word(20)
    write(root, "uni.js", "x = '" + "".join(f"\\u{ord(c):04x}" for c in f'password="{word}"') + "'\n")
    planted["uni.js"] = word
    word = mint.word(20)
    write(root, "joined.js", f'const password = "{word[:10]}" + "{word[10:]}";\n')
    planted["joined.js"] = word
    word = mint.word(32, "0123456789abcdef")
    write(root, "config/master.key", word + "\n")
    planted["config/master.key"] = word
    word = mint.word(20)
    write(root, "package-lock.json", f'{{"resolved": "https://bot:{word}@npm.acme-shop.io/x.tgz"}}\n')
    planted["package-lock.json"] = word
    word = mint.word(20)
    write(root, "legacy.ps1", f'$env:DB_PASSWORD = "{word}"\r\n'.encode("utf-16"))
    planted["legacy.ps1"] = word
    # the same value at a second place
    write(root, "worker/.env", f"DB_PASSWORD={planted['.env']}\n")
    return planted


def fixed(root: Path) -> None:
    """The twin: the same files with the values moved out, and decoys that must not fail it."""
    mint = Mint(12)
    for path, content in {
        ".env.example": "DB_PASSWORD=change-me\nSTRIPE_KEY=sk_live_xxxxxxxxxxxxxxxx\nAPI_KEY=YOUR_API_KEY\n",
        "api/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nTOKEN = os.getenv('TOKEN')\n",
        "wp-config.php": "<?php\ndefine('AUTH_KEY', getenv('AUTH_KEY'));\n",
        "ci/push.sh": 'docker login -u bot -p "$REGISTRY_PASSWORD" registry.acme-shop.io\n',
        "docker-compose.yml": "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n"
        "      DATABASE_URL: postgresql://postgres:postgres@db:5432/app\n",
        "Dockerfile": "FROM scratch\nARG JWT_SECRET\n",
        "web/session.js": "app.use(session({ secret: process.env.SESSION_SECRET }))\n"
        "const fields = ['password', 'token', 'secret']\nconst label = { password: 'Your password' }\n",
        "web/login.tsx": '<input name="password" type="password" autocomplete="current-password" />\n',
        "locales/de.json": '{"password": "Passwort", "token": "Zugang", "secret_hint": "Geheimnis2"}\n',
        "models.py": "class User:\n    password: str\n    token: Optional[str] = None\n"
        "def check(password=None, secret=settings.secret_key): return password == secret\n",
        ".github/workflows/test.yml": "permissions:\n  id-token: write\nenv:\n  POSTGRES_PASSWORD: postgres\n"
        "  TOKEN: ${{ secrets.TOKEN }}\n",
        "tests/test_login.py": f"def test_login():\n    login(password='{mint.word(14)}')\n",
        "README.md": "Set `DB_PASSWORD=<your password>` and `SECRET_KEY=...`.\n",
        "public.js": f"posthog.init('phc_{mint.word(43)}')\nStripe('pk_live_{mint.word(24)}')\n",
        "supabase.ts": f"createClient(url, '{mint.jwt({'iss': 'supabase', 'role': 'anon'})}')\n",
        "firebase.ts": f"const firebaseConfig = {{ apiKey: 'AI{'za'}{mint.word(35)}',\n"
        "  authDomain: 'a.firebaseapp.com' }\n",
        "jwt.md": "Sample: " + mint.jwt({"sub": "1234567890", "name": "John Doe"}) + "\n",
        "aws.md": "aws_access_key_id = AK" + "IAIOSFODNN7EXAMPLE\n",
        "yarn.lock": "x@1:\n  integrity sha512-" + base64.b64encode(mint.word(64).encode()).decode() + "\n",
    }.items():
        write(root, path, content)
