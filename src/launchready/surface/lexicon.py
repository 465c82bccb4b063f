"""General English words of APIs. Nothing here is about one product."""

from launchready.model.operation import ObjectClass

_CLASSES: dict[ObjectClass, tuple[str, ...]] = {
    ObjectClass.PROFILE: (
        "user", "member", "profile", "account", "person", "customer", "author", "employee", "contact",
        "patient",
        "student", "subscriber", "participant", "seller", "buyer", "vendor", "me",
    ),
    ObjectClass.SETTINGS: ("settings", "setting", "preferences", "preference", "configuration", "config"),
    ObjectClass.THREAD: (
        "thread", "conversation", "message", "dm", "chat", "inbox", "mailbox", "chatroom", "dialog",
        "correspondence",
    ),
    ObjectClass.DRAFT: ("draft",),
    ObjectClass.ORDER: (
        "order", "invoice", "payout", "payment", "purchase", "transaction", "subscription", "charge",
        "refund",
        "receipt", "checkout", "cart", "basket", "wallet", "transfer", "billing", "withdrawal", "deposit",
        "booking",
        "reservation",
    ),
    ObjectClass.GROUP: (
        "group", "community", "team", "workspace", "organization", "organisation", "org", "club",
        "channel", "tenant",
        "company", "space", "guild",
    ),
}  # fmt: skip
CLASS_BY_WORD: dict[str, ObjectClass] = {word: kind for kind, words in _CLASSES.items() for word in words}

# Known words that are not enough as a name when something stands before them: `order item`, `bank account`.
WEAK_HEADS = frozenset({
    "account", "config", "configuration", "space", "channel", "contact", "company", "transfer",
})  # fmt: skip
SELF_WORDS = frozenset({"me", "self", "whoami", "userinfo", "myself"})
PERSON_HANDLES = frozenset({"email", "username", "login", "nickname", "handle"})
ID_WORDS = frozenset({
    "id", "uuid", "uid", "guid", "pk", "slug", "key", "code", "number", "no", "ref", "hash", "identifier",
})  # fmt: skip
FILLER = frozenset({
    "by", "id", "the", "a", "an", "of", "for", "my", "all", "new", "current", "own", "public",
})  # fmt: skip
SCHEMA_NOISE = frozenset({
    "response", "request", "out", "in", "output", "input", "dto", "schema", "model", "list", "page",
    "paginated",
    "read", "base", "detail", "details", "public", "item", "items", "multiple", "single", "result",
    "results", "get",
    "create", "update", "patched", "data", "envelope", "wrapper", "body", "array", "collection", "entity",
    "view",
    "resource", "info", "full", "short", "summary", "for", "with", "limit", "offset", "typevar", "customized",
})  # fmt: skip

CREATE_VERBS = frozenset({"create", "add", "new", "make", "submit", "post", "insert", "compose", "store"})
UPDATE_VERBS = frozenset({
    "update", "edit", "modify", "patch", "save", "set", "rename", "replace", "change", "put",
})  # fmt: skip
DELETE_VERBS = frozenset({"delete", "remove", "destroy", "erase"})
READ_VERBS = frozenset({"get", "fetch", "show", "view", "read", "retrieve", "detail", "details"})
LIST_VERBS = frozenset({"list", "all", "browse", "index"})
CRUD_VERBS = CREATE_VERBS | UPDATE_VERBS | DELETE_VERBS | READ_VERBS | LIST_VERBS
# A GET whose name begins so changes something: it is not to be repeated freely.
EFFECT_VERBS = frozenset({
    "create", "delete", "remove", "reset", "drop", "init", "initialize", "populate", "wipe", "purge",
    "seed", "truncate",
    "clear", "flush", "run", "trigger", "send", "kill", "shutdown", "restart", "reboot", "migrate",
    "destroy", "install", "execute", "exec", "logout", "unsubscribe", "enable", "disable", "activate",
    "deactivate",
    "erase", "accept", "decline", "approve", "reject", "cancel", "publish", "ban", "convert",
})  # fmt: skip
EFFECT_NOUNS = ("db", "database", "data", "tables", "all", "schema", "cache")
ACTIONS = frozenset({
    "favorite", "favourite", "like", "unlike", "follow", "unfollow", "subscribe", "unsubscribe", "join",
    "leave",
    "accept", "decline", "cancel", "publish", "unpublish", "archive", "unarchive", "vote", "upvote",
    "downvote", "star",
    "unstar", "watch", "unwatch", "mark", "read", "unread", "seen", "send", "resend", "share", "copy",
    "clone", "move",
    "start", "stop", "pause", "resume", "complete", "finish", "close", "open", "reopen", "block",
    "unblock", "invite",
    "assign", "unassign", "transfer", "enable", "disable", "activate", "deactivate", "confirm", "verify",
    "validate",
    "check", "test", "run", "trigger", "execute", "sync", "import", "process", "ship", "deliver",
    "dispute", "redeem",
    "claim", "apply", "submit", "renew", "extend", "rate", "bookmark", "save", "unsave", "repost",
    "retweet", "react",
    "ping", "retry", "replay", "bump", "reply", "forward", "connect", "disconnect", "link", "unlink",
    "merge", "lock",
    "unlock", "pin", "unpin", "approve", "reject", "hide", "unhide", "restore", "report", "flag",
    "promote", "demote",
    "reset", "refresh", "revoke", "rotate", "regenerate", "generate", "calculate", "preview", "toggle",
    "acknowledge", "pay", "capture", "resolve", "dismiss", "answer", "respond", "decide", "counter",
    "fire", "return",
    "contact", "receive", "convert", "request", "authorize", "deny", "withdraw", "upload", "notify",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "email", "password", "name", "username", "avatar", "picture", "photo", "image", "status", "state",
    "role", "phone",
    "title", "description", "bio", "visibility", "owner", "address", "position", "location", "content",
    "rating",
    "score", "price", "quantity", "cover", "logo", "theme", "language", "locale", "timezone", "plan",
    "balance", "json",
})  # fmt: skip
SEARCH_WORDS = frozenset({
    "search", "find", "lookup", "autocomplete", "suggest", "suggestion", "query", "typeahead",
})  # fmt: skip
FEED_WORDS = frozenset({"feed", "timeline", "activity", "stream", "rss", "atom", "homepage"})
EXPORT_WORDS = frozenset({"export", "download", "dump", "backup", "csv", "xlsx", "pdf", "archive"})
COUNT_WORDS = frozenset({
    "count", "stat", "stats", "statistics", "statistic", "analytics", "metric", "total", "dashboard",
    "insight", "kpi",
    "summary", "aggregate", "usage",
})  # fmt: skip
VIEWS = SEARCH_WORDS | FEED_WORDS | EXPORT_WORDS | COUNT_WORDS
ADMIN_WORDS = frozenset({
    "admin", "administration", "administrator", "superuser", "superadmin", "backoffice", "internal",
    "staff", "sudo",
    "impersonate", "sysadmin",
})  # fmt: skip
MODERATE_WORDS = frozenset({
    "moderate", "moderation", "moderator", "ban", "unban", "suspend", "unsuspend", "shadowban",
    "takedown", "mute",
    "unmute", "quarantine", "kick", "warn",
})  # fmt: skip
REVIEW_WORDS = frozenset({
    "approve", "reject", "hide", "unhide", "pin", "unpin", "lock", "unlock", "feature", "resolve",
    "dismiss",
})  # fmt: skip
WEBHOOK_WORDS = frozenset({"webhook", "hook", "ipn", "callback"})
PAY_WORDS = frozenset({
    "pay", "payment", "checkout", "charge", "refund", "payout", "withdraw", "withdrawal", "capture",
    "topup",
})  # fmt: skip
HEALTH_WORDS = frozenset({
    "health", "healthz", "healthcheck", "livez", "readyz", "ready", "readiness", "live", "liveness",
    "alive", "ping",
    "heartbeat", "up",
})  # fmt: skip
DOCS_WORDS = frozenset({"openapi", "swagger", "redoc", "docs", "apidocs", "doc"})

SIGN_UP_WORDS = frozenset({"signup", "register", "registration", "enroll", "onboard"})
LOG_IN_WORDS = frozenset({
    "login", "signin", "authenticate", "authentication", "token", "auth", "session", "jwt", "logon",
})  # fmt: skip
LOG_OUT_WORDS = frozenset({"logout", "signout", "logoff", "logoutall"})
REFRESH_WORDS = frozenset({"refresh", "renew", "rotate"})
CONFIRM_WORDS = frozenset({"confirm", "confirmation", "verify", "verification", "activate", "activation"})
RESET_WORDS = frozenset({"reset", "forgot", "forgotten", "forget", "recover", "recovery", "lost"})
ME_WORDS = frozenset({"me", "self", "whoami", "userinfo", "myself", "currentuser"})
AUTH_CONTEXT = frozenset({
    "auth", "token", "session", "jwt", "oauth", "oauth2", "login", "authentication", "account",
})  # fmt: skip
PERSON_WORDS = frozenset({
    "user", "member", "account", "customer", "profile", "person", "student", "employee", "author",
})  # fmt: skip

PASSWORD_FIELDS = frozenset({
    "password", "passwd", "pwd", "pass", "passphrase", "passcode", "userpassword", "plainpassword",
})  # fmt: skip
IDENTIFIER_FIELDS = (
    "email", "username", "login", "identifier", "user", "phone", "emailaddress", "usernameoremail",
    "emailorusername",
    "account", "mobile", "phonenumber", "handle", "nickname", "userid", "mail", "useremail",
)  # fmt: skip
TOKEN_FIELDS = frozenset({
    "token", "accesstoken", "authtoken", "jwt", "idtoken", "bearer", "sessiontoken", "apitoken",
    "sessionid", "access",
    "key", "authorization", "bearertoken", "jwttoken", "authenticationtoken",
})  # fmt: skip

# Words that name no object when they stand alone in a path.
NOT_OBJECTS = frozenset(
    CRUD_VERBS | ACTIONS | VIEWS | ADMIN_WORDS | MODERATE_WORDS | SIGN_UP_WORDS | LOG_IN_WORDS | LOG_OUT_WORDS
    | REFRESH_WORDS | CONFIRM_WORDS | RESET_WORDS | HEALTH_WORDS | DOCS_WORDS
    | {
        "callback", "default", "root", "batch", "bulk", "util", "utils", "mine", "latest", "recent",
        "popular", "trending", "top", "debug", "private", "public",
    }
)  # fmt: skip
