"""Who an account of ours stands for in the access matrix."""

import pytest

from launchready.model.principal import stands_for


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ("member_b", "member_b"),
        ("admin", "admin"),
        ("spare_3", "member_a"),
        ("spare_3_session_2", "member_a"),
        ("counterpart", "member_a"),
        ("member_b_session_1", "member_b"),
        ("another member", "member_b"),
        ("a member", "member_a"),
        ("sparerib", "sparerib"),
    ],
)
def test_helper_accounts_stand_for_members(account, shown):
    assert stands_for(account) == shown
