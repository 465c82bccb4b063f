from flask import Blueprint, jsonify, request
from flask_login import current_user, login_required
from marshmallow import Schema, fields

from market.models import Listing, db

listings = Blueprint("listings", __name__)


class ListingSchema(Schema):
    title = fields.Str(required=True)


@listings.get("/")
def index():
    return jsonify([])


@listings.post("/")
@login_required
def create():
    data = ListingSchema().load(request.get_json())
    db.session.add(Listing(title=data["title"], owner_id=current_user.id))
    db.session.commit()
    return {}, 201


@listings.delete("/<int:listing_id>")
@login_required
def delete(listing_id):
    listing = Listing.query.filter_by(id=listing_id, owner_id=current_user.id).first_or_404()
    db.session.delete(listing)
    db.session.commit()
    return "", 204
