from flask import Blueprint, abort, jsonify
from flask_login import current_user

staff = Blueprint("staff", __name__, url_prefix="/staff")


@staff.before_request
def admins_only():
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.is_admin:
        abort(403)


@staff.get("/members")
def members():
    return jsonify([])
