from flask import Blueprint, current_app, jsonify

staff = Blueprint("staff", __name__, url_prefix="/staff")


@staff.before_request
def note_visit():
    current_app.logger.info("somebody looks at the pages of the staff")


@staff.get("/members")
def members():
    return jsonify([])
