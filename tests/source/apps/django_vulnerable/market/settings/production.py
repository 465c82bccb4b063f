from market.settings.base import *  # noqa: F403

API_PREFIX = "api/"
